package io.darter.operator;

/** @param token what programs send as {@code Authorization: Bearer}; never shown again */
public record ApiTokenCreated(ApiTokenView view, String token) {
    @Override
    public String toString() {
        return view.toString();
    }
}
