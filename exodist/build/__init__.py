"""C sources to binaries, hermetically: toolchain, actions, store, executor, fetch."""
