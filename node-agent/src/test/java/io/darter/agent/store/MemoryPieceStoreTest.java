package io.darter.agent.store;

class MemoryPieceStoreTest extends PieceStoreContract {
    @Override
    PieceStore newStore() {
        return new MemoryPieceStore();
    }
}
