package io.darter.agent.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code darter completion SHELL}: a script that completes the darter command, made of its own model. */
@Command(
        name = "completion",
        description = {
            "Prints a script that completes darter commands and options.",
            "bash: darter completion bash >/etc/bash_completion.d/darter%n"
                    + "zsh: source <(darter completion zsh)%n"
                    + "fish: darter completion fish >~/.config/fish/completions/darter.fish"
        })
final class CompletionCommand implements Callable<Integer> {
    /** Whose completion is known. */
    enum Shell {
        bash,
        zsh,
        fish
    }

    @Parameters(index = "0", paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
    private Shell shell = Shell.bash;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        CommandLine darter = spec.root().commandLine();
        PrintWriter out = spec.commandLine().getOut();
        switch (shell) {
            // The script for bash makes zsh understand it by itself.
            case bash, zsh -> out.println(AutoComplete.bash("darter", darter));
            case fish -> fish(darter, "", out);
        }
        out.flush();
        return 0;
    }

    private static void fish(CommandLine command, String under, PrintWriter out) {
        if (under.isEmpty()) {
            out.println("complete -c darter -f");
        }
        String here = under.isEmpty() ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + under;
        command.getSubcommands()
                .forEach((name, sub) ->
                        out.printf("complete -c darter -n '%s' -a %s -d '%s'%n", here, name, quoted(description(sub))));
        for (OptionSpec option : command.getCommandSpec().options()) {
            out.printf("complete -c darter -n '%s'%s%n", here, names(option));
        }
        command.getSubcommands().forEach((name, sub) -> fish(sub, name, out));
    }

    private static String names(OptionSpec option) {
        StringBuilder text = new StringBuilder();
        for (String name : option.names()) {
            text.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        boolean file = option.type().equals(java.nio.file.Path.class);
        if (option.arity().max() > 0) {
            text.append(file ? " -r -F" : " -x");
        }
        String words = option.description().length == 0 ? "" : option.description()[0];
        return text.append(" -d '").append(quoted(words)).append("'").toString();
    }

    private static String description(CommandLine command) {
        String[] words = command.getCommandSpec().usageMessage().description();
        return words.length == 0 ? "" : words[0];
    }

    private static String quoted(String words) {
        return words.replace("'", "")
                .replace("%n", " ")
                .replaceAll("\\$\\{[^}]*}", "")
                .strip();
    }
}
