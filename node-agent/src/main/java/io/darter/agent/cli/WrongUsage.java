package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.errors.Nearest;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is said to a command line that cannot be understood: what is wrong, and the nearest that would be right. */
final class WrongUsage {
    private WrongUsage() {}

    static int explain(ParameterException failure, String[] arguments) {
        CommandLine failed = failure.getCommandLine();
        boolean json = List.of(arguments).contains("--json");
        DarterException problem = new DarterException(
                ErrorCode.USAGE,
                "Reading the command line",
                String.valueOf(failure.getMessage()).replaceAll("[.\\s]+$", ""),
                advice(failure, failed.getCommandSpec()));
        return Darter.explain(problem, json, failed.getOut(), failed.getErr());
    }

    private static String advice(ParameterException failure, CommandSpec command) {
        String help = "See " + command.qualifiedName() + " --help.";
        if (!(failure instanceof UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return help;
        }
        String word = unmatched.getUnmatched().getFirst();
        List<String> known = new ArrayList<>();
        if (word.startsWith("-")) {
            command.options().forEach(option -> known.addAll(List.of(option.names())));
        } else {
            known.addAll(command.subcommands().keySet());
        }
        String nearest = Nearest.close(word, known);
        return nearest.isEmpty() ? help : "The nearest known is " + nearest + ". " + help;
    }
}
