package io.darter.agent.origin;

import io.darter.agent.errors.DarterException;
import io.darter.fuzz.Target;
import io.darter.fuzz.Targets;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What registries and token services answer. */
public final class OriginTargets implements Targets {
    private static final URI ASKED = URI.create("https://registry.example.com/v2/");

    @Override
    public List<Target> all() {
        return List.of(
                Target.of("challenge", OriginTargets::challenge)
                        .refusing(DarterException.class)
                        .withExamples(
                                "Bearer realm=\"https://auth.example.com/token\",service=\"r\",scope=\"repository:a/b:pull\"",
                                "Basic realm=\"x\"",
                                "Bearer realm=https://registry.example.com/t, a=\"\\\"\"")
                        .withWords(
                                "Bearer ",
                                "Basic ",
                                "realm=\"",
                                "https://",
                                ".example.com",
                                "service=",
                                "scope=",
                                "\\\""),
                Target.of("token-answer", OriginTargets::token)
                        .refusing(DarterException.class)
                        .withExamples("{\"token\":\"abc\",\"expires_in\":300}", "{\"access_token\":\"x\",\"scope\":[]}")
                        .withWords("\"token\":", "\"access_token\":", "\"expires_in\":", "null", "1e999", "[[[["));
    }

    private static void challenge(byte[] input) throws Exception {
        String[] headers = text(input).split("\n", 3);
        Optional<Challenge> challenge = Challenge.of(List.of(headers));
        if (challenge.isPresent()) {
            answer(challenge.get(), "{\"token\":\"abc\"}".getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void token(byte[] input) throws Exception {
        answer(new Challenge("bearer", Map.of("realm", "https://registry.example.com/token")), input);
    }

    private static void answer(Challenge challenge, byte[] body) throws DarterException, InterruptedException {
        Credentials credentials = new Credentials(new Registries(List.of()), InstantSource.system());
        credentials.answer(
                challenge,
                ASKED,
                "registry.example.com",
                "a/b",
                Optional.empty(),
                (url, authorization) -> new OriginClient.MetaResponse(200, Map.of(), body));
    }

    private static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }
}
