// SPDX-License-Identifier: GPL-2.0-only
/*
 * Long transfers through a socket between two processes: pseudo-random bytes in pieces of random
 * sizes, with a reader that pauses now and then, compared by checksum.
 *
 * STREAM_MIB in the environment is how many MiB are sent, 64 if it is not set.
 */
#include "zxtest.h"

#define MIB	((uint64_t)1024 * 1024)

/* The largest piece: more than a socket's capacity, so that some writes are short. */
#define PIECE	((size_t)300 * 1024)

static uint64_t goal(void)
{
	const char *wanted = getenv("STREAM_MIB");

	return (wanted ? strtoull(wanted, NULL, 0) : 64) * MIB;
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Most sizes are large, some small. */
static size_t random_size(uint64_t *state, size_t max)
{
	return (next_random(state) % max >> next_random(state) % 10) + 1;
}

/* Fills whole words of @bytes with the next words of the stream. */
static void generate(uint64_t *state, uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
		uint64_t word = next_random(state);

		memcpy(bytes + i, &word, sizeof(word));
	}
}

/*
 * A checksum of a stream that does not depend on the sizes of the pieces. It depends on the
 * position of each byte: a byte that is lost, doubled or exchanged with its neighbour changes it.
 */
struct checksum {
	uint64_t sum;
	uint64_t word;		/* the bytes so far of the next whole word */
	uint64_t count;		/* bytes so far */
};

static void add_word(struct checksum *checksum, uint64_t word)
{
	checksum->sum = (checksum->sum ^ word) * 0x9e3779b97f4a7c15ull;
	checksum->sum ^= checksum->sum >> 29;
}

static void add(struct checksum *checksum, const uint8_t *bytes, size_t size)
{
	while (size) {
		if (checksum->count % 8 == 0 && size >= 8) {
			uint64_t word;

			memcpy(&word, bytes, sizeof(word));
			add_word(checksum, word);
			checksum->count += 8;
			bytes += 8;
			size -= 8;
			continue;
		}
		checksum->word |= (uint64_t)*bytes++ << checksum->count % 8 * 8;
		size--;
		if (++checksum->count % 8)
			continue;
		add_word(checksum, checksum->word);
		checksum->word = 0;
	}
}

FIXTURE(stream)
{
	zx_handle_t socket;	/* the reading endpoint, or the one that echoes */
	int other;		/* the child's endpoint, exported */
	int result[2];		/* a pipe for the child's checksum */
	zx_time_t begin;
};

FIXTURE_SETUP(stream)
{
	zx_handle_t end;

	ASSERT_EQ(ZX_OK, zx_socket_create(0, &self->socket, &end));
	ASSERT_EQ(ZX_OK, zxl_handle_export(end, 0, &self->other));
	ASSERT_EQ(0, pipe(self->result));
	self->begin = zx_clock_get_monotonic();
}

FIXTURE_TEARDOWN(stream)
{
	zx_handle_close(self->socket);
	close(self->result[0]);
	EXPECT_EQ(0, zxt_handles());
}

/* Writes the checksum to the pipe. Returns the child's exit status, 0 if that worked. */
static int report(int pipe, const struct checksum *checksum)
{
	return write(pipe, checksum, sizeof(*checksum)) != sizeof(*checksum);
}

static int write_stream(zx_handle_t socket, int pipe)
{
	uint64_t bytes = 1, sizes = 99, left = goal();
	uint8_t *piece = malloc(PIECE + 8);
	struct checksum checksum = {};

	while (left) {
		size_t size = random_size(&sizes, PIECE), done = 0;

		if (size > left)
			size = left;
		generate(&bytes, piece, size);
		add(&checksum, piece, size);
		while (done < size) {
			size_t actual;
			zx_status_t status = zx_socket_write(socket, 0, piece + done, size - done,
							     &actual);

			if (status == ZX_OK)
				done += actual;
			else if (status != ZX_ERR_SHOULD_WAIT ||
				 zx_object_wait_one(socket, ZX_SOCKET_WRITABLE, ZXT_SOON, NULL))
				return 2;
		}
		left -= size;
	}
	return report(pipe, &checksum);
}

static int write_stream_to_file(int fd, int pipe)
{
	uint64_t bytes = 1, sizes = 99, left = goal();
	uint8_t *piece = malloc(PIECE + 8);
	struct checksum checksum = {};

	while (left) {
		size_t size = random_size(&sizes, PIECE);

		if (size > left)
			size = left;
		generate(&bytes, piece, size);
		add(&checksum, piece, size);
		/* A blocking write is never short. */
		if (write(fd, piece, size) != (ssize_t)size)
			return 2;
		left -= size;
	}
	return report(pipe, &checksum);
}

/* Reads until the peer is closed, with a pause about each MiB. */
static void read_stream(struct __test_metadata *const _metadata, zx_handle_t socket,
			struct checksum *checksum)
{
	uint8_t *piece = malloc(PIECE);
	uint64_t sizes = 7;

	ASSERT_NE(NULL, piece);
	for (;;) {
		size_t actual, size = random_size(&sizes, PIECE);
		zx_status_t status = zx_socket_read(socket, 0, piece, size, &actual);

		if (status == ZX_ERR_PEER_CLOSED)
			break;
		if (status == ZX_ERR_SHOULD_WAIT) {
			ASSERT_EQ(ZX_OK, zx_object_wait_one(socket, ZX_SOCKET_READABLE |
							    ZX_SOCKET_PEER_CLOSED, ZXT_SOON, NULL));
			continue;
		}
		ASSERT_EQ(ZX_OK, status);
		ASSERT_LT(0, actual);
		ASSERT_GE(size, actual);
		add(checksum, piece, actual);
		if (next_random(&sizes) % 64 == 0)
			usleep(next_random(&sizes) % 20000);
	}
	free(piece);
}

static void compare(struct __test_metadata *const _metadata, pid_t child, int pipe,
		    const struct checksum *read_here, zx_time_t begin)
{
	struct checksum written;

	EXPECT_EQ(0, zxt_reap(child));
	ASSERT_EQ(sizeof(written), read(pipe, &written, sizeof(written)));
	EXPECT_EQ(goal(), written.count);
	EXPECT_EQ(written.count, read_here->count);
	EXPECT_EQ(written.sum, read_here->sum);
	TH_LOG("%llu MiB in %llu ms", (unsigned long long)(read_here->count / MIB),
	       (unsigned long long)((zx_clock_get_monotonic() - begin) / 1000000));
}

/* Proves that the checksum finds errors. */
TEST(checksum_sees_what_goes_wrong)
{
	uint8_t bytes[100], other[100];
	struct checksum right = {}, cut = {};
	uint64_t state = 5;

	generate(&state, bytes, 96);
	add(&right, bytes, 96);
	for (size_t i = 0; i < 96; i += i % 7 + 1)
		add(&cut, bytes + i, i + i % 7 + 1 > 96 ? 96 - i : i % 7 + 1);
	EXPECT_EQ(right.sum, cut.sum);
	EXPECT_EQ(right.count, cut.count);
	for (size_t i = 0; i + 1 < 96; i++) {
		struct checksum wrong = {};

		memcpy(other, bytes, 96);
		other[i] = bytes[i + 1];
		other[i + 1] = bytes[i];
		add(&wrong, other, 96);
		if (bytes[i] != bytes[i + 1])
			EXPECT_NE(right.sum, wrong.sum);
		/* One byte is missing, and there is another at the end. */
		memcpy(other, bytes, 96);
		memmove(other + i, bytes + i + 1, 95 - i);
		memset(&wrong, 0, sizeof(wrong));
		add(&wrong, other, 96);
		EXPECT_NE(right.sum, wrong.sum);
	}
}

TEST_F_TIMEOUT(stream, from_handle_to_handle, 900)
{
	struct checksum checksum = {};
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		zx_handle_t socket;

		if (zxl_handle_import(self->other, 0, &socket) != ZX_OK)
			_exit(3);
		close(self->other);
		_exit(write_stream(socket, self->result[1]));
	}
	close(self->other);
	close(self->result[1]);
	read_stream(_metadata, self->socket, &checksum);
	compare(_metadata, child, self->result[0], &checksum, self->begin);
}

/* The child uses no call of Zircon. */
TEST_F_TIMEOUT(stream, from_file_to_handle, 900)
{
	struct checksum checksum = {};
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child)
		_exit(write_stream_to_file(self->other, self->result[1]));
	close(self->other);
	close(self->result[1]);
	read_stream(_metadata, self->socket, &checksum);
	compare(_metadata, child, self->result[0], &checksum, self->begin);
}

/* Both processes send and receive at once; the two directions are independent. */
TEST_F_TIMEOUT(stream, there_and_back, 900)
{
	struct checksum there = {}, back = {};
	uint64_t bytes = 3, left = goal() / 4, sizes = 11;
	uint8_t *piece = malloc(PIECE + 8);
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		/* Echoes until the peer is closed. */
		uint8_t *buffer = malloc(PIECE);
		ssize_t n;

		while ((n = read(self->other, buffer, PIECE)) > 0) {
			if (write(self->other, buffer, n) != n)
				_exit(2);
		}
		_exit(n < 0 ? 3 : 0);
	}
	close(self->other);
	close(self->result[1]);
	while (left || back.count < there.count) {
		size_t actual, size = random_size(&sizes, 50000), done = 0;
		zx_status_t status;

		size = size < left ? size : left;
		generate(&bytes, piece, size);
		add(&there, piece, size);
		left -= size;
		while (done < size || (!left && back.count < there.count)) {
			uint8_t echo[5000];

			status = done == size ? ZX_ERR_SHOULD_WAIT :
				 zx_socket_write(self->socket, 0, piece + done, size - done,
						 &actual);
			if (status == ZX_OK) {
				done += actual;
				if (done < size || left)
					continue;
				EXPECT_EQ(ZX_OK, zx_socket_shutdown(self->socket,
								    ZX_SOCKET_SHUTDOWN_WRITE));
				continue;
			}
			ASSERT_EQ(ZX_ERR_SHOULD_WAIT, status);
			ASSERT_EQ(ZX_OK, zx_object_wait_one(self->socket, ZX_SOCKET_READABLE |
							    ZX_SOCKET_WRITABLE, ZXT_SOON, NULL));
			while (zx_socket_read(self->socket, 0, echo, sizeof(echo), &actual) ==
			       ZX_OK)
				add(&back, echo, actual);
		}
	}
	EXPECT_EQ(0, zxt_reap(child));
	EXPECT_EQ(goal() / 4, back.count);
	EXPECT_EQ(there.count, back.count);
	EXPECT_EQ(there.sum, back.sum);
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_socket_read(self->socket, 0, piece, 1, NULL));
	free(piece);
}

TEST_HARNESS_MAIN
