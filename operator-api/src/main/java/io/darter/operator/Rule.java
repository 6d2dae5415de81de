package io.darter.operator;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Who may call an operation. Each operation of {@link OperatorApi} has exactly one, and each endpoint is either such an
 * operation or has one of its own; the appliance obeys it in one place, before the operation begins.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Rule {
    Need value();

    /** In which cluster the role is needed. */
    Where in() default Where.NOWHERE;

    /** Whether a token is not enough: what would let the holder of a token outlive the token. */
    boolean withPassword() default false;

    /** What the caller must be. */
    enum Need {
        PUBLIC,
        AUTHENTICATED,
        VIEWER,
        OPERATOR,
        ADMIN
    }

    /** Of which cluster a role is asked. Where a cluster or thing is named, the parameter with {@link Subject} names it. */
    enum Where {
        /** No role is needed. */
        NOWHERE,
        /** Any one; the answer has only what lies in clusters where the caller has the role. */
        SOME_CLUSTER,
        /** All, those of tomorrow included. */
        EVERY_CLUSTER,
        /** The one that is named. */
        NAMED_CLUSTER,
        /** The one in which the task is. */
        CLUSTER_OF_TASK,
        /** The one whose node it is, or was. */
        CLUSTER_OF_NODE,
        /** The one that the join token is for. */
        CLUSTER_OF_JOIN_TOKEN
    }

    /** Marks the parameter that a rule is about. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.PARAMETER)
    @interface Subject {}
}
