package io.darter.appliance.join;

import io.darter.fuzz.Target;
import io.darter.fuzz.Targets;
import io.darter.operator.OperatorException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** What anybody may say to the appliance to become a node: a token's inside, a key, a proof. */
public final class JoinTargets implements Targets {
    private static final String P256 = "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
            + "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
            + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

    @Override
    public List<Target> all() {
        return List.of(
                Target.of("join-token-redeemed", JoinTargets::token)
                        .refusing(OperatorException.class)
                        .withExamples(
                                "{\"id\":\"a\",\"secret\":\"b\",\"ca\":\"" + "0a".repeat(32)
                                        + "\",\"servers\":[\"https://h:8443\"]}",
                                "{\"id\":\"a\"}",
                                "null")
                        .withWords("\"id\":", "\"secret\":", "\"servers\":", "null", "[[[["),
                Target.of("join-key", JoinTargets::key)
                        .refusing(OperatorException.class)
                        .withExamples(java.util.HexFormat.of().parseHex(P256)));
    }

    private static void token(byte[] input) {
        JoinTokens.parse(
                JsonMapper.shared(),
                "darter1." + Base64.getUrlEncoder().withoutPadding().encodeToString(input));
    }

    /** The rest of a good key is taken for the proof too. */
    private static void key(byte[] input) {
        String text = Base64.getEncoder().encodeToString(input);
        PublicKey key = JoinService.publicKey(text, "Joining");
        if (JoinService.verifies(key, new String(input, StandardCharsets.ISO_8859_1), text)) {
            throw new AssertionError("a signature out of nothing");
        }
    }
}
