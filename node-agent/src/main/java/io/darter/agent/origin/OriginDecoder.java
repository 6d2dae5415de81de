package io.darter.agent.origin;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;

/** Reads answers of one connection; an answer that two readers could take for different lengths is none. Event loop only. */
final class OriginDecoder extends HttpResponseDecoder {
    private static final HttpDecoderConfig LIMITS = new HttpDecoderConfig()
            .setMaxInitialLineLength(8 << 10)
            .setMaxHeaderSize(64 << 10)
            .setMaxChunkSize(64 << 10)
            .setAllowDuplicateContentLengths(true);

    private boolean answersHead;

    OriginDecoder() {
        super(LIMITS);
    }

    /** The next answer is one to a HEAD: whatever length it names, it has no body. */
    void expectHead(boolean is) {
        answersHead = is;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return super.isContentAlwaysEmpty(message) || answersHead;
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both a Content-Length and a Transfer-Encoding");
    }
}
