package io.darter.agent.task;

/** A running download, as people see it. */
public record TaskProgress(String key, String task, long sizeBytes, long verifiedBytes, boolean live) {}
