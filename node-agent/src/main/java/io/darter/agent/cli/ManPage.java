package io.darter.agent.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Prints darter(1) in roff, made of the command's own model; run when the archives are made. */
final class ManPage {
    private final PrintStream out;

    private ManPage(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        new ManPage(out).print(Darter.command(Map.of()));
    }

    static void print(CommandLine darter, PrintStream out) {
        new ManPage(out).print(darter);
    }

    private void print(CommandLine darter) {
        CommandSpec root = darter.getCommandSpec();
        out.println(".TH DARTER 1 \"\" \"Darter " + root.version()[0].replace("darter ", "") + "\" \"User Commands\"");
        section("NAME");
        out.println("darter \\- " + escaped(lower(description(root))));
        section("SYNOPSIS");
        for (CommandLine sub : darter.getSubcommands().values()) {
            out.println(".B " + escaped(sub.getCommandSpec().qualifiedName()));
            out.println(escaped(sub.getHelp()
                    .synopsis(0)
                    .strip()
                    .substring(sub.getCommandSpec().qualifiedName().length())
                    .replaceAll("\\s+", " ")
                    .strip()));
            out.println(".br");
        }
        section("COMMANDS");
        darter.getSubcommands().values().forEach(this::command);
        section("EXIT STATUS");
        root.usageMessage().exitCodeList().forEach((code, meaning) -> item(code, meaning));
        section("ENVIRONMENT");
        item("DARTER_SOCKET", "the agent's socket, if it is not " + GetWish.SOCKET);
        section("FILES");
        item("/run/darter/agent.sock", "where the agent is asked; for root and the group darter");
        item("FILE.part, FILE.part.content", "what an interrupted get left, and which content it is the beginning of");
    }

    private void command(CommandLine line) {
        CommandSpec command = line.getCommandSpec();
        out.println(".SS " + escaped(command.qualifiedName()));
        for (String words : command.usageMessage().description()) {
            out.println(escaped(words.replace("%n", " ")));
            out.println(".PP");
        }
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            item(parameter.paramLabel(), words(parameter.description()));
        }
        for (OptionSpec option : command.options()) {
            String value = option.arity().max() > 0 ? " " + option.paramLabel() : "";
            item(String.join(", ", option.names()) + value, words(option.description()));
        }
        line.getSubcommands().values().forEach(this::command);
    }

    private void section(String name) {
        out.println(".SH " + name);
    }

    private void item(String name, String words) {
        out.println(".TP");
        out.println(".B " + escaped(name));
        out.println(escaped(words));
    }

    private static String description(CommandSpec command) {
        return command.usageMessage().description()[0];
    }

    private static String words(String[] description) {
        return String.join(" ", description)
                .replace("${DEFAULT-VALUE}", GetWish.SOCKET.toString())
                .replace("${COMPLETION-CANDIDATES}", "bash, zsh or fish");
    }

    private static String lower(String words) {
        return Character.toLowerCase(words.charAt(0)) + words.substring(1);
    }

    /** Backslashes, and what roff takes for a request at the start of a line. */
    private static String escaped(String words) {
        String text = words.replace("\\", "\\e").replace("-", "\\-");
        return text.startsWith(".") || text.startsWith("'") ? "\\&" + text : text;
    }
}
