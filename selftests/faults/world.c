// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the calls work on: the memory that they are given, the objects and their contents, and what
 * of that has to be the same after a call that failed.
 */
#include "faults.h"

int device;

/*
 * Memory.
 */
static uint8_t *memory;
static unsigned int used;

void make_places(void)
{
	memory = mmap(NULL, PLACES * PLACE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	MUST(memory != MAP_FAILED);
	memset(memory, 0, PLACES * PLACE_SIZE);
}

void *place(enum place place)
{
	used |= 1u << place;
	return memory + place * PLACE_SIZE;
}

uint64_t address(enum place which)
{
	return (uintptr_t)place(which);
}

uint32_t number(enum place which)
{
	return *(uint32_t *)place(which);
}

void *new_args(size_t size)
{
	return memset(place(ARGS), 0, size);
}

unsigned int used_places(void)
{
	unsigned int places = used;

	used = 0;
	return places;
}

void protect_page(enum place which, unsigned int page, int protection)
{
	MUST(!mprotect(memory + which * PLACE_SIZE + page * PAGE, PAGE, protection));
}

void unprotect_pages(void)
{
	MUST(!mprotect(memory, PLACES * PLACE_SIZE, PROT_READ | PROT_WRITE));
}

void drop_pages(void)
{
	MUST(!madvise(memory, PLACES * PLACE_SIZE, MADV_DONTNEED));
}

void fill(void *to, size_t size, unsigned int seed)
{
	for (size_t i = 0; i < size; i++)
		((uint8_t *)to)[i] = (i * 7 + i / 256 + seed) % 251;
}

bool is_filled(const void *from, size_t skip, size_t size, unsigned int seed)
{
	for (size_t i = skip; i < size; i++)
		if (((const uint8_t *)from)[i] != (i * 7 + i / 256 + seed) % 251)
			return false;
	return true;
}

/*
 * Objects.
 */
void new_event(struct world *w)
{
	OK(zx_event_create(0, &w->end[0]));
}

void new_eventpair(struct world *w)
{
	OK(zx_eventpair_create(0, &w->end[0], &w->end[1]));
}

void new_channel(struct world *w)
{
	OK(zx_channel_create(0, &w->end[0], &w->end[1]));
}

void new_socket(struct world *w)
{
	OK(zx_socket_create(w->is->options, &w->end[0], &w->end[1]));
}

void tear_down(struct world *w)
{
	static zx_info_handle_extended_t table[1024];
	size_t count;

	OK(zx_object_get_info(zx_process_self(), ZX_INFO_HANDLE_TABLE, table, sizeof(table), &count,
			      NULL));
	MUST(count < ARRAY_SIZE(table));
	for (size_t i = 0; i < count; i++)
		if (table[i].handle_value != zx_process_self())
			zx_handle_close(table[i].handle_value);
	for (unsigned int i = 0; i < ARRAY_SIZE(w->fd); i++)
		if (w->fd[i] >= 0)
			close(w->fd[i]);
	if (w->process)
		zxp_end_idle(w->process);
}

/*
 * The state.
 */
struct state look(const struct world *w)
{
	struct state state = {
		.handles = zxt_handles(),
		.kept = zxt_handles_to(w->kept),
		.fd = dup(device),
	};

	close(state.fd);
	for (int i = 0; i < 2; i++)
		state.signals[i] = w->end[i] ? zxt_signals(w->end[i]) : 0;
	return state;
}

/* Whether a call that failed got as far as to its handles, and so has consumed them. */
static bool has_consumed(const struct world *w)
{
	const struct trial *t = w->trial;

	if (!w->is->kind->consumes || w->is->duplicate || w->ret == -EFAULT)
		return false;
	/* Handles that cannot be read are not closed. A call's second copy says where they are. */
	if (t->point)
		return !w->is->kind->more || t->point != 2;
	return t->protection == PROT_READ || (t->bad != HANDLES && t->bad != MORE);
}

void check_unchanged(struct world *w)
{
	uint32_t gone = has_consumed(w) ? w->is->handles : 0;
	struct state now = look(w);

	CHECK(w, now.handles == w->before.handles - gone);
	CHECK(w, now.kept == w->before.kept - (w->is->containers ? 0 : gone));
	CHECK(w, now.signals[0] == w->before.signals[0]);
	CHECK(w, now.signals[1] == w->before.signals[1]);
	CHECK(w, now.fd == w->before.fd);
	for (uint32_t i = 0; w->is->kind->consumes && i < w->is->handles; i++)
		CHECK(w, zxt_is_open(w->sent[i]) == !gone);
}

/*
 * Messages and their handles.
 */
void supply(struct world *w)
{
	zx_handle_disposition_t *how = place(HANDLES);

	for (uint32_t i = 0; i < w->is->handles; i++) {
		if (!zxt_is_open(w->sent[i])) {
			zx_handle_close(w->peer[i]);
			w->peer[i] = ZX_HANDLE_INVALID;
			if (w->is->containers)
				OK(zx_channel_create(0, &w->sent[i], &w->peer[i]));
			else
				OK(zx_handle_duplicate(w->kept, ZX_RIGHT_SAME_RIGHTS, &w->sent[i]));
		}
		if (!w->is->etc)
			((zx_handle_t *)place(HANDLES))[i] = w->sent[i];
		else
			how[i] = (zx_handle_disposition_t){
				.operation = w->is->duplicate ? ZX_HANDLE_OP_DUPLICATE :
								ZX_HANDLE_OP_MOVE,
				.handle = w->sent[i],
				.rights = ZX_RIGHT_SAME_RIGHTS,
			};
	}
}

void check_handles(struct world *w, const zx_handle_t *handles, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		zx_info_handle_basic_t info = zxt_basic(handles[i]);

		if (w->is->containers)
			CHECK(w, info.koid && info.related_koid == zxt_koid(w->peer[i]));
		else
			CHECK(w, info.koid == zxt_koid(w->kept));
		zx_handle_close(handles[i]);
	}
}

void check_message(struct world *w, zx_handle_t end, size_t skip, uint32_t size, uint32_t handles,
		   unsigned int seed)
{
	static uint8_t bytes[ZX_CHANNEL_MAX_MSG_BYTES];
	zx_handle_t got[ZX_CHANNEL_MAX_MSG_HANDLES];
	uint32_t bytes_got = 0, handles_got = 0;

	CHECK(w, zx_channel_read(end, 0, bytes, got, sizeof(bytes), ARRAY_SIZE(got), &bytes_got,
				 &handles_got) == ZX_OK);
	CHECK(w, bytes_got == size && handles_got == handles);
	CHECK(w, is_filled(bytes, skip, bytes_got, seed));
	check_handles(w, got, handles_got);
}

void write_message(struct world *w, uint32_t size, bool handles, unsigned int seed)
{
	static uint8_t bytes[ZX_CHANNEL_MAX_MSG_BYTES];

	fill(bytes, size, seed);
	if (handles)
		supply(w);
	OK(zx_channel_write(w->end[1], 0, bytes, size, w->sent, handles ? w->is->handles : 0));
}

void check_empty(struct world *w, zx_handle_t end)
{
	CHECK(w, !(zxt_signals(end) & ZX_CHANNEL_READABLE));
}

uint64_t put_bytes(struct world *w, uint32_t *count)
{
	uint32_t size = w->is->size, third = size / 3;
	zx_channel_iovec_t *iovec;
	uint8_t *from = place(FROM);

	fill(from, size, FIRST);
	*count = size;
	if (!w->is->iovec)
		return address(FROM);
	iovec = place(IOVEC);
	iovec[0] = (zx_channel_iovec_t){ from, third, 0 };
	iovec[1] = (zx_channel_iovec_t){ from + third, third, 0 };
	iovec[2] = (zx_channel_iovec_t){ from + 2 * third, size - 2 * third, 0 };
	*count = 3;
	return address(IOVEC);
}

/*
 * Bytes in sockets.
 */
void check_bytes(struct world *w, zx_handle_t end, uint32_t options, uint32_t size,
		 unsigned int seed)
{
	static uint8_t bytes[ZX_CHANNEL_MAX_MSG_BYTES];
	size_t actual = 12345;

	CHECK(w, zx_socket_read(end, options, bytes, size, &actual) == ZX_OK);
	CHECK(w, actual == size && is_filled(bytes, 0, size, seed));
}

void write_bytes(struct world *w, uint32_t options, uint32_t size, unsigned int seed)
{
	static uint8_t bytes[ZX_CHANNEL_MAX_MSG_BYTES];
	size_t actual;

	fill(bytes, size, seed);
	OK(zx_socket_write(w->end[1], options, bytes, size, &actual));
	MUST(actual == size);
}

void check_no_bytes(struct world *w, zx_handle_t end, uint32_t options)
{
	uint8_t byte;

	CHECK(w, zx_socket_read(end, options, &byte, 1, NULL) == ZX_ERR_SHOULD_WAIT);
}

