// SPDX-License-Identifier: GPL-2.0-only
/*
 * The search: changes programs at random, keeps those that show something new, and trims them.
 */
#include "explore.h"

#define AT_ONCE	300	/* programs that one worker runs */

static uint64_t state;

void seed_search(uint64_t seed)
{
	state = seed * 2 + 1;
}

static uint32_t below(uint32_t n)
{
	/* xorshift64*; the state is never zero */
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 2685821657736338717ull >> 32) % n;
}

static bool one_in(uint32_t n)
{
	return below(n) == 0;
}

static uint8_t some_byte(void)
{
	switch (below(8)) {
	case 0 ... 2:
		return 0;
	case 3 ... 5:
		return below(12);
	case 6:
		return 0xf0 + below(16);
	default:
		return below(256);
	}
}

static void tidy_op(struct op *op)
{
	while (op->size && !op->bytes[op->size - 1])
		op->size--;
}

static void make_op(struct op *op)
{
	uint32_t all = 0, at;

	for (unsigned int i = 0; i < KINDS; i++)
		all += kinds[i].weight;
	at = below(all);
	memset(op, 0, sizeof(*op));
	while (at >= kinds[op->what].weight)
		at -= kinds[op->what++].weight;
	op->size = below(one_in(8) ? BYTES : 6);
	for (int i = 0; i < op->size; i++)
		op->bytes[i] = some_byte();
	tidy_op(op);
}

static void insert_ops(struct program *program, uint32_t at, const struct op *ops, uint32_t count)
{
	count = count < OPS - program->count ? count : OPS - program->count;
	memmove(&program->ops[at + count], &program->ops[at],
		(program->count - at) * sizeof(*ops));
	memcpy(&program->ops[at], ops, count * sizeof(*ops));
	program->count += count;
}

static void remove_ops(struct program *program, uint32_t at, uint32_t count)
{
	memmove(&program->ops[at], &program->ops[at + count],
		(program->count - at - count) * sizeof(*program->ops));
	program->count -= count;
}

/* Half of the time one of the newest: the others have been chosen before. */
static const struct program *some_program(void)
{
	uint32_t count = shared->count, late = count < 40 ? count : 40;

	return &shared->corpus[one_in(2) ? below(count) : count - 1 - below(late)];
}

static void change_op(struct op *op)
{
	uint32_t at = below(one_in(4) ? BYTES : op->size + 2 > BYTES ? BYTES : op->size + 2);
	uint8_t size = op->size > at ? op->size : at + 1;

	memset(op->bytes + op->size, 0, BYTES - op->size);
	op->bytes[at] = one_in(4) ? op->bytes[at] + (one_in(2) ? 1 : -1) :
			one_in(4) ? op->bytes[at] ^ 1 << below(8) : some_byte();
	op->size = size;
	tidy_op(op);
}

static void mutate(struct program *program)
{
	const struct program *other;
	uint32_t at, from, count;
	struct op op;

	for (uint32_t n = 1 + below(one_in(4) ? 8 : 3); n || !program->count; n -= !!n) {
		at = below(program->count + 1);
		if (program->count == 0 || one_in(4)) {
			make_op(&op);
			insert_ops(program, at, &op, 1);
			continue;
		}
		at = below(program->count);
		switch (below(10)) {
		case 0:
			remove_ops(program, at, 1);
			break;
		case 1:
			op = program->ops[below(program->count)];
			insert_ops(program, at, &op, 1);
			break;
		case 2:
			op = program->ops[at];
			from = below(program->count);
			program->ops[at] = program->ops[from];
			program->ops[from] = op;
			break;
		case 3:
			other = some_program();
			from = below(other->count);
			count = 1 + below(other->count - from);
			insert_ops(program, one_in(2) ? at : program->count, &other->ops[from],
				   count);
			break;
		case 4:
			program->ops[at].what = below(KINDS);
			break;
		default:
			change_op(&program->ops[at]);
			break;
		}
	}
}

struct signals first_run;
static struct signals another_run;

static bool shows_all(const struct program *program, const uint32_t *wanted, uint32_t count)
{
	run_program(program, NULL, &another_run);
	for (uint32_t i = 0; i < count; i++)
		if (!has(another_run.bits, wanted[i]))
			return false;
	return true;
}

/* Removes operations, several at a time, that add nothing to the signals that are wanted. */
static void trim(struct program *program, const uint32_t *wanted, uint32_t count)
{
	struct program less;

	for (uint32_t part = program->count / 2; part; part /= 2) {
		for (uint32_t at = 0; at + part <= program->count && part < program->count;) {
			less = *program;
			remove_ops(&less, at, part);
			if (shows_all(&less, wanted, count))
				*program = less;
			else
				at += part;
		}
	}
}

/* The same with the bytes of operations. */
static void trim_bytes(struct program *program, const uint32_t *wanted, uint32_t count)
{
	struct program less;

	for (uint32_t i = 0; i < program->count; i++) {
		for (uint8_t part = program->ops[i].size; part; part /= 2) {
			if (part > program->ops[i].size)
				continue;
			less = *program;
			less.ops[i].size -= part;
			tidy_op(&less.ops[i]);
			if (shows_all(&less, wanted, count))
				*program = less;
		}
	}
}

/* Keeps a program if it shows something new, and shows it again. */
static void judge(const struct program *candidate)
{
	static uint32_t wanted[ARRAY_SIZE(first_run.list)];
	struct program program = *candidate;
	uint32_t count = 0, stable = 0;

	run_program(&program, NULL, &first_run);
	for (uint32_t i = 0; i < first_run.count; i++) {
		if (!has(shared->seen, first_run.list[i])) {
			set(shared->seen, first_run.list[i]);
			wanted[count++] = first_run.list[i];
		}
	}
	if (!count)
		return;
	run_program(&program, NULL, &another_run);
	for (uint32_t i = 0; i < count; i++)
		if (has(another_run.bits, wanted[i]))
			wanted[stable++] = wanted[i];
	if (!stable || shared->count == PROGRAMS)
		return;
	trim(&program, wanted, stable);
	/* The count is raised last: the worker may be killed at any time. */
	shared->corpus[shared->count] = program;
	shared->count++;
}

void search(void)
{
	struct program program;

	for (int i = 0; i < AT_ONCE && !shared->reported; i++) {
		program.count = 0;
		if (shared->count && !one_in(20))
			program = *some_program();
		mutate(&program);
		if (shared->count && one_in(10))
			run_program(&program, some_program(), NULL);
		else
			judge(&program);
	}
}

/*
 * Prints a small set of programs with the same coverage: always the program that adds most to those
 * printed already, without the bytes that do not contribute.
 */
void minimise(void)
{
	uint32_t **lists = calloc(shared->count, sizeof(*lists));
	uint32_t *gains = calloc(shared->count, sizeof(*gains));
	static uint64_t covered[SIGNALS / 64];
	static char text[LINE];

	for (uint32_t i = 0; i < shared->count; i++) {
		uint32_t stable = 0;

		run_program(&shared->corpus[i], NULL, &first_run);
		run_program(&shared->corpus[i], NULL, &another_run);
		lists[i] = malloc((first_run.count + 1) * sizeof(**lists));
		for (uint32_t j = 0; j < first_run.count; j++)
			if (has(another_run.bits, first_run.list[j]))
				lists[i][stable++] = first_run.list[j];
		lists[i][stable] = ~0u;
		gains[i] = stable;
	}
	for (;;) {
		uint32_t best, gain;

		/* A gain only falls. So the greatest is right if a new count does not change it. */
		do {
			best = 0;
			for (uint32_t i = 1; i < shared->count; i++)
				if (gains[i] > gains[best])
					best = i;
			gain = 0;
			for (const uint32_t *bit = lists[best]; *bit != ~0u; bit++)
				gain += !has(covered, *bit);
			if (gain == gains[best])
				break;
			gains[best] = gain;
		} while (true);
		if (!gain)
			break;
		gain = 0;
		for (const uint32_t *bit = lists[best]; *bit != ~0u; bit++) {
			if (!has(covered, *bit)) {
				lists[best][gain++] = *bit;
				set(covered, *bit);
			}
		}
		gains[best] = 0;
		trim_bytes(&shared->corpus[best], lists[best], gain);
		lists[best][0] = ~0u;
		printf("corpus: %s\n", print_program(&shared->corpus[best], text));
	}
	fflush(stdout);
}

/* Runs all programs alone, and then each together with the next. */
void replay(void)
{
	struct program *corpus = shared->corpus;

	for (uint32_t i = 0; i < shared->count && !shared->reported; i++) {
		run_program(&corpus[i], NULL, &first_run);
		for (uint32_t j = 0; j < first_run.count; j++)
			set(shared->seen, first_run.list[j]);
	}
	for (uint32_t i = 0; i < shared->count && !shared->reported; i++)
		run_program(&corpus[i], &corpus[(i + 1) % shared->count], NULL);
}
