package io.darter.agent.control;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What of a URL's query does not say which content it is: signatures, and who signed when. Two URLs that differ only in
 * such parameters are one content; each is still fetched as it was given.
 */
public final class FilteredQuery {
    /** AWS and S3-likes, Google, Alibaba OSS, Huawei OBS, Tencent COS, CloudFront. */
    private static final Set<String> SIGNATURES = Set.of(
            "x-amz-algorithm",
            "x-amz-credential",
            "x-amz-date",
            "x-amz-expires",
            "x-amz-signedheaders",
            "x-amz-signature",
            "x-amz-security-token",
            "x-amz-user-agent",
            "awsaccesskeyid",
            "x-goog-algorithm",
            "x-goog-credential",
            "x-goog-date",
            "x-goog-expires",
            "x-goog-signedheaders",
            "x-goog-signature",
            "googleaccessid",
            "ossaccesskeyid",
            "securitytoken",
            "security-token",
            "accesskeyid",
            "expires",
            "signature",
            "x-obs-date",
            "x-obs-security-token",
            "q-sign-algorithm",
            "q-ak",
            "q-sign-time",
            "q-key-time",
            "q-header-list",
            "q-url-param-list",
            "q-signature",
            "x-cos-security-token",
            "key-pair-id",
            "policy");

    /** Azure's names are words of two letters: they are a signature only together. */
    private static final Set<String> AZURE =
            Set.of("sv", "sig", "se", "st", "sp", "sr", "spr", "sip", "skoid", "sktid", "skt", "ske", "sks", "skv");

    private final Set<String> further;

    /** @param further names, beside the well-known ones; case does not matter */
    public FilteredQuery(List<String> further) {
        this.further = new HashSet<>(
                further.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList());
    }

    /** The raw query without them; empty if nothing is left. */
    String filter(String rawQuery) {
        List<String> pairs = List.of(rawQuery.split("&"));
        Set<String> names =
                new HashSet<>(pairs.stream().map(FilteredQuery::name).toList());
        boolean azure = names.contains("sig") && names.contains("sv");
        List<String> kept = new ArrayList<>();
        for (String pair : pairs) {
            String name = name(pair);
            boolean filtered = SIGNATURES.contains(name) || further.contains(name) || (azure && AZURE.contains(name));
            if (!pair.isEmpty() && !filtered) {
                kept.add(pair);
            }
        }
        return String.join("&", kept);
    }

    private static String name(String pair) {
        int equals = pair.indexOf('=');
        return (equals < 0 ? pair : pair.substring(0, equals)).toLowerCase(Locale.ROOT);
    }
}
