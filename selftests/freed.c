// SPDX-License-Identifier: GPL-2.0-only
/*
 * With init_on_free=1, data that has been received or discarded is no longer in memory. The test
 * searches all memory of the machine through /proc/kcore.
 */
#include <elf.h>
#include <sys/random.h>

#include "zxtest.h"

#define STEP	(1u << 20)
#define LONGEST	ZX_CHANNEL_MAX_MSG_BYTES

/* Ways in which data is sent. Each word holds the way. */
enum way {
	UNREAD,		/* a message that is not read: the search must find it */
	SMALL,		/* messages in the endpoint's own buffer, and in buffers of each size */
	MEDIUM,
	LARGE,
	HUGE,
	CLOSED,		/* the receiving endpoint is closed with the message unread */
	DISCARDED,
	REFUSED,	/* one with a bad handle */
	STREAM,
	STREAM_CLOSED,
	DATAGRAM,
	CONTROL,
	FIFO,		/* only after the fifo is freed */
	WAYS
};

static const char *const names[WAYS] = {
	"unread", "small", "medium", "large", "huge", "closed", "discarded", "refused", "stream",
	"stream, closed", "datagram", "control", "fifo",
};

/* The upper 40 bits of each word, but for the bits that hold the way. */
static uint64_t secret;
static uint64_t sent[LONGEST / 8], got[LONGEST / 8];
static uint64_t window[STEP / 8];

static void *words(enum way way)
{
	for (uint64_t i = 0; i < LONGEST / 8; i++)
		sent[i] = (secret | way) << 24 | i;
	return sent;
}

/* Overwrites the data in this program's memory, registers and stack. */
static void forget(void)
{
	words(0xff);
	memcpy(got, sent, sizeof(got));
}

/* Counts the words of each way that are in memory. */
static bool search(unsigned int found[WAYS])
{
	int kcore = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr header;
	bool any = false;

	memset(found, 0, WAYS * sizeof(*found));
	if (kcore < 0 || pread(kcore, &header, sizeof(header), 0) != sizeof(header))
		return false;
	for (unsigned int i = 0; i < header.e_phnum; i++) {
		Elf64_Phdr part;

		if (pread(kcore, &part, sizeof(part), header.e_phoff + i * sizeof(part)) !=
		    sizeof(part))
			return false;
		/* Memory that is mapped a second time has no physical address here. */
		if (part.p_type != PT_LOAD || part.p_paddr == ~(Elf64_Addr)0)
			continue;
		for (uint64_t at = 0; at < part.p_memsz; at += STEP) {
			uint64_t left = part.p_memsz - at;
			ssize_t n = pread(kcore, window, left < STEP ? left : STEP,
					  part.p_offset + at);

			if (n < 0)
				return false;
			any |= n > 0;
			for (ssize_t k = 0; k < n / 8; k++) {
				uint64_t way = (window[k] >> 24) ^ secret;

				if (way < WAYS)
					found[way]++;
			}
		}
	}
	close(kcore);
	return any;
}

static bool asked_for(void)
{
	FILE *file = fopen("/proc/cmdline", "re");
	char line[4096] = "";
	bool asked;

	if (!file)
		return false;
	asked = fgets(line, sizeof(line), file) && strstr(line, "init_on_free=1");
	fclose(file);
	return asked;
}

FIXTURE(freed) {
	zx_handle_t channel[2], unread[2];
};

FIXTURE_SETUP(freed)
{
	if (!asked_for())
		SKIP(return, "the kernel was not booted with init_on_free=1");
	if (access("/proc/kcore", R_OK))
		SKIP(return, "there is no /proc/kcore to be read");
	ASSERT_EQ(sizeof(secret), getrandom(&secret, sizeof(secret), 0));
	/* Neither all zeroes nor all ones, with space for the way. */
	secret = (secret | 1u << 20) & 0xffffffff00;
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->channel[0], &self->channel[1]));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->unread[0], &self->unread[1]));
}

FIXTURE_TEARDOWN(freed)
{
}

static zx_status_t write_to(zx_handle_t channel, enum way way, uint32_t size)
{
	return zx_channel_write(channel, 0, words(way), size, NULL, 0);
}

static void send(struct __test_metadata *_metadata, const zx_handle_t *channel, enum way way,
		 uint32_t size)
{
	ASSERT_EQ(ZX_OK, write_to(channel[0], way, size));
	ASSERT_EQ(ZX_OK, zx_channel_read(channel[1], 0, got, NULL, size, 0, NULL, NULL));
	ASSERT_EQ(0, memcmp(got, sent, size));
}

static void send_through_socket(struct __test_metadata *_metadata, enum way way, uint32_t kind,
				uint32_t options, size_t size)
{
	zx_handle_t end[2];
	size_t actual;

	ASSERT_EQ(ZX_OK, zx_socket_create(kind, &end[0], &end[1]));
	ASSERT_EQ(ZX_OK, zx_socket_write(end[0], options, words(way), size, &actual));
	ASSERT_EQ(size, actual);
	if (way != STREAM_CLOSED) {
		ASSERT_EQ(ZX_OK, zx_socket_read(end[1], options, got, size, &actual));
		ASSERT_EQ(size, actual);
	}
	ASSERT_EQ(ZX_OK, zx_handle_close_many(end, 2));
}

static void send_all(struct __test_metadata *_metadata, struct _test_data_freed *self)
{
	static const uint32_t sizes[] = { 64, 200, 1000, 4000, LONGEST };
	zx_handle_t bad = ZX_HANDLE_INVALID, end[2];

	ASSERT_EQ(ZX_OK, write_to(self->unread[0], UNREAD, LONGEST));
	send(_metadata, self->channel, SMALL, 64);
	/* Longer messages do not overwrite the endpoint's own buffer. */
	send(_metadata, self->channel, MEDIUM, 200);
	send(_metadata, self->channel, MEDIUM, 1000);
	send(_metadata, self->channel, LARGE, 4000);
	send(_metadata, self->channel, HUGE, LONGEST);

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &end[0], &end[1]));
		ASSERT_EQ(ZX_OK, write_to(end[0], CLOSED, sizes[i]));
		ASSERT_EQ(ZX_OK, zx_handle_close_many(end, 2));
		ASSERT_EQ(ZX_OK, write_to(self->channel[0], DISCARDED, sizes[i]));
		ASSERT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
			  zx_channel_read(self->channel[1], ZX_CHANNEL_READ_MAY_DISCARD, NULL, NULL,
					  0, 0, NULL, NULL));
		ASSERT_EQ(ZX_ERR_BAD_HANDLE, zx_channel_write(self->channel[0], 0, words(REFUSED),
							      sizes[i], &bad, 1));
	}

	send_through_socket(_metadata, STREAM, ZX_SOCKET_STREAM, 0, LONGEST);
	send_through_socket(_metadata, STREAM, ZX_SOCKET_STREAM, 0, 64);
	send_through_socket(_metadata, STREAM_CLOSED, ZX_SOCKET_STREAM, 0, LONGEST);
	send_through_socket(_metadata, DATAGRAM, ZX_SOCKET_DATAGRAM, 0, 1000);
	send_through_socket(_metadata, CONTROL, ZX_SOCKET_HAS_CONTROL, ZX_SOCKET_CONTROL, 1000);

	ASSERT_EQ(ZX_OK, zx_fifo_create(512, 8, 0, &end[0], &end[1]));
	ASSERT_EQ(ZX_OK, zx_fifo_write(end[0], 8, words(FIFO), 512, NULL));
	ASSERT_EQ(ZX_OK, zx_fifo_read(end[1], 8, got, 512, NULL));
	ASSERT_EQ(ZX_OK, zx_handle_close_many(end, 2));
}

TEST_F_TIMEOUT(freed, nothing_is_left, 900)
{
	unsigned int found[WAYS], left;
	int tries = 0;

	send_all(_metadata, self);
	forget();
	/* Objects are freed after an RCU grace period. */
	do {
		left = 0;
		ASSERT_TRUE(search(found));
		for (int way = UNREAD + 1; way < WAYS; way++)
			left += found[way];
	} while (left && ++tries < 10);
	EXPECT_LE(LONGEST / 8, found[UNREAD]);
	for (int way = UNREAD + 1; way < WAYS; way++) {
		EXPECT_EQ(0, found[way]) {
			TH_LOG("words that are left of: %s", names[way]);
		}
	}
}

TEST_HARNESS_MAIN
