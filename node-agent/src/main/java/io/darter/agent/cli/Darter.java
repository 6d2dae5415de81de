package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ScopeType;

/** The darter command: data on stdout, words on stderr, one exit code for each kind of failure. */
@Command(
        name = "darter",
        description = "Distributes files and images inside the cluster.",
        subcommands = {
            GetCommand.class,
            StatusCommand.class,
            TasksCommand.class,
            DoctorCommand.class,
            PinCommand.Pin.class,
            PinCommand.Unpin.class,
            CompletionCommand.class,
            HelpCommand.class
        },
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        version = "darter 0.1.0",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:ok",
            "1:internal error, or the disk",
            "2:usage or configuration",
            "3:not found",
            "4:denied",
            "5:network or origin",
            "6:digest mismatch",
            "7:partial",
            "8:timeout",
            "130:interrupted"
        })
public final class Darter {
    private Darter() {}

    public static void main(String[] arguments) {
        Map<String, String> environment = System.getenv();
        int code = GetWish.plain(arguments, environment)
                .map(Darter::run)
                .orElseGet(() -> command(environment).execute(arguments));
        // What went well ends by itself: nothing else runs, and exit() looks through every library for somebody who
        // logs exits.
        if (code != 0) {
            System.exit(code);
        }
    }

    private static int run(GetWish wish) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        try {
            return new Get(wish).run(out, err);
        } catch (DarterException | RuntimeException e) {
            return explain(e, false, out, err);
        }
    }

    /** @param environment DARTER_SOCKET is taken from it */
    static CommandLine command(Map<String, String> environment) {
        CommandLine command = new CommandLine(new Darter());
        command.setDefaultValueProvider(argument -> argument.isOption()
                        && ((CommandLine.Model.OptionSpec) argument)
                                .longestName()
                                .equals("--socket")
                ? environment.get("DARTER_SOCKET")
                : null);
        command.setExecutionExceptionHandler((failure, failed, parsed) -> explain(failure, failed));
        command.setParameterExceptionHandler(WrongUsage::explain);
        command.setUsageHelpAutoWidth(true);
        return command;
    }

    private static int explain(Exception failure, CommandLine failed) {
        boolean asJson = failed.getCommand() instanceof Json json && json.json();
        return explain(failure, asJson, failed.getOut(), failed.getErr());
    }

    static int explain(Exception failure, boolean asJson, PrintWriter out, PrintWriter words) {
        if (failure instanceof DarterException known) {
            if (asJson) {
                out.println(ProblemJson.of(known));
                out.flush();
            }
            words.println(known.tried() + ": " + known.happened() + ".");
            words.println(known.advice() + " (" + known.code() + ")");
            return known.code().exitCode();
        }
        words.println("The darter command itself failed: " + failure);
        return ErrorCode.INTERNAL.exitCode();
    }

    /** A command that can answer in JSON. */
    interface Json {
        boolean json();
    }
}
