package io.darter.agent.mirror;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.mirror.MirrorPath.Manifest;
import io.darter.agent.mirror.MirrorPath.Repository;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.origin.OriginClient.MetaResponse;
import io.darter.agent.origin.Registries;
import io.darter.agent.schedulerlink.MetaDesk;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The registry behind the mirror: manifests and other small answers, once for the whole cluster. */
final class Upstream {
    private static final Duration FRESH_TAG = Duration.ofSeconds(60);
    private static final Duration FRESH_DIGEST = Duration.ofMinutes(10);
    private static final List<String> ALL_TYPES = List.of(
            "application/vnd.oci.image.index.v1+json",
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.docker.distribution.manifest.v2+json");
    private static final List<String> KEPT_HEADERS =
            List.of("content-type", "content-length", "docker-content-digest", "link", "oci-filters-applied");

    private final Registries registries;
    private final OriginClient origin;
    private final MetaDesk desk;

    Upstream(Registries registries, OriginClient origin, MetaDesk desk) {
        this.registries = registries;
        this.origin = origin;
        this.desk = desk;
    }

    /** Any status; a body of status 200 has the digest that was asked for. */
    MetaResponse manifest(Manifest manifest, String clientAccept) throws DarterException, InterruptedException {
        return manifest.byDigest()
                ? byDigest(manifest.repository(), manifest.reference())
                : byTag(manifest.repository(), manifest.reference(), accept(clientAccept));
    }

    private MetaResponse byTag(Repository repository, String tag, String accept)
            throws DarterException, InterruptedException {
        MetaResponse response = desk.get(
                name("manifest", repository, tag + " accept=" + accept),
                FRESH_TAG,
                () -> fetched("GET", repository, "manifests/" + tag, Map.of("Accept", accept)));
        if (response.status() == 200) {
            // The next thing every client asks for is this manifest by its digest.
            String digest = digest(response.body());
            desk.get(name("manifest", repository, digest), FRESH_DIGEST, () -> response);
        }
        return response;
    }

    private MetaResponse byDigest(Repository repository, String digest) throws DarterException, InterruptedException {
        MetaDesk.Fetch fetch = () -> {
            MetaResponse response =
                    fetched("GET", repository, "manifests/" + digest, Map.of("Accept", String.join(", ", ALL_TYPES)));
            if (response.status() == 200 && !digest(response.body()).equals(digest)) {
                throw new DarterException(
                        ErrorCode.DIGEST_MISMATCH,
                        "Fetching manifest " + repository + "@" + digest,
                        "the registry sent other bytes",
                        "Check the registry and what is between it and this node.");
            }
            return response;
        };
        MetaResponse response = desk.get(name("manifest", repository, digest), FRESH_DIGEST, fetch);
        boolean right = response.status() != 200 || digest(response.body()).equals(digest);
        // What another node published is believed only if it is the digest's.
        return right ? response : fetch.fetch();
    }

    /** HEAD of a blob: its size, and the proof that the registry lets us have it. */
    MetaResponse blobHead(Repository repository, String digest) throws DarterException, InterruptedException {
        return desk.get(
                name("blob", repository, digest),
                FRESH_TAG,
                () -> fetched("HEAD", repository, "blobs/" + digest, Map.of()));
    }

    /** @param rest path below the repository, with query */
    MetaResponse passed(Repository repository, String rest) throws DarterException, InterruptedException {
        return desk.get(name("pass", repository, rest), FRESH_TAG, () -> fetched("GET", repository, rest, Map.of()));
    }

    static URI url(Repository repository, String rest) {
        return URI.create("https://" + repository.registry() + "/v2/" + repository.name() + "/" + rest);
    }

    private MetaResponse fetched(String method, Repository repository, String rest, Map<String, String> headers)
            throws DarterException, InterruptedException {
        MetaResponse response =
                origin.meta(method, url(repository, rest), repository.registry(), repository.name(), headers);
        Map<String, String> kept = new TreeMap<>(response.headers());
        kept.keySet().retainAll(KEPT_HEADERS);
        return new MetaResponse(response.status(), kept, response.body());
    }

    /** Everything that the answer depends on; the credential by its user, hashed. */
    private String name(String kind, Repository repository, String what) {
        String user = registries.of(repository.registry()).username();
        String credential = user.isEmpty()
                ? "anonymous"
                : digest(user.getBytes(StandardCharsets.UTF_8)).substring(7, 23);
        return kind + " " + repository + " " + what + " cred=" + credential;
    }

    /** Most clients take every type, in their own order and words: one question for all of them. */
    private static String accept(String clientAccept) {
        boolean all = clientAccept.isBlank()
                || clientAccept.contains("*/*")
                || ALL_TYPES.stream().allMatch(clientAccept::contains);
        if (all) {
            return String.join(", ", ALL_TYPES);
        }
        TreeSet<String> types = new TreeSet<>();
        for (String type : clientAccept.split(",")) {
            types.add(type.strip());
        }
        return String.join(", ", types);
    }

    static String digest(byte[] body) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
