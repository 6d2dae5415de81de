package io.darter.agent.peer;

import io.darter.agent.peer.PieceClient.Have;
import io.darter.agent.store.StoredContent;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a node holds of a content, as the answer to {@code .../have}: headers, and the map of pieces as body. */
final class HeldPieces {
    static final String SIZE = "Darter-Size";
    static final String PIECE_SIZE = "Darter-Piece-Size";
    /** What the node gets from the origin at the moment: {@code first-last}. */
    static final String FETCHING = "Darter-Fetching";
    /** Of {@link PieceGeometry#pieces} no more than this is believed. */
    static final int MAP_BYTES_MAX = 1 << 20;

    private static final Pattern RUN = Pattern.compile("(\\d{1,9})-(\\d{1,9})");

    private HeldPieces() {}

    static Map<String, String> headers(StoredContent content, Optional<PieceRun> fetching) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/octet-stream");
        headers.put(SIZE, Long.toString(content.geometry().sizeBytes()));
        headers.put(PIECE_SIZE, Integer.toString(content.geometry().pieceBytes()));
        fetching.ifPresent(run -> headers.put(FETCHING, run.first() + "-" + run.last()));
        return headers;
    }

    /** @throws IllegalArgumentException if that is no content's size, pieces and map */
    static Have parse(String size, String pieceSize, String fetching, byte[] map) {
        if (!size.matches("\\d{1,18}") || !pieceSize.matches("\\d{1,9}")) {
            throw new IllegalArgumentException("it does not say how large content and pieces are");
        }
        PieceGeometry geometry = new PieceGeometry(Long.parseLong(size), Integer.parseInt(pieceSize));
        return new Have(
                geometry.sizeBytes(),
                geometry.pieceBytes(),
                PieceMap.fromBytes(geometry.pieces(), map),
                run(fetching, geometry));
    }

    private static Optional<PieceRun> run(String text, PieceGeometry geometry) {
        Matcher matcher = RUN.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int first = Integer.parseInt(matcher.group(1));
        int last = Integer.parseInt(matcher.group(2));
        if (last < first || last >= geometry.pieces()) {
            throw new IllegalArgumentException("it fetches pieces that the content does not have");
        }
        return Optional.of(new PieceRun(first, last - first + 1));
    }
}
