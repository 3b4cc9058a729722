package store_test

const writerFile = "HOURGLASS_TEST_WRITER_FILE"

func writeUntilKilled(path string) {}
