// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trials. The call of a case is made in a new world with one failure. Where it returns an error,
 * that has to be one that is expected, with nothing changed; the call is then made once more
 * without a failure, and must do then what it would have done at first.
 */
#include "faults.h"

void check(struct world *w, bool ok, const char *file, int line, const char *text)
{
	if (ok)
		return;
	if (w->trial->point)
		fprintf(stderr, "# %s:%d: point %u failed, returned %ld: %s\n", file, line,
			w->trial->point, w->ret, text);
	else
		fprintf(stderr, "# %s:%d: place %d page %u is %d, returned %ld: %s\n", file, line,
			w->trial->bad, w->trial->page, w->trial->protection, w->ret, text);
	w->wrong = true;
}

void begin_trials(void)
{
	make_places();
	fail_only_in_module();
	open_fail_nth();
	MUST(zx_process_self() != ZX_HANDLE_INVALID);
	device = zxp_open(O_CLOEXEC);
	MUST(device >= 0);
}

unsigned int may_fail(const struct fault *is)
{
	return is->kind->may | is->may;
}

static long attempt(struct world *w)
{
	const struct kind *kind = w->is->kind;

	return kind->call ? kind->call(w) :
			    zxp_ioctl(device, w->is->request ?: kind->request, place(ARGS));
}

static void check_error(struct world *w, struct tally *tally)
{
	unsigned int may = may_fail(w->is);
	const struct trial *t = w->trial;
	long no_memory = may & FAIL_LINUX ? -ENOMEM : SAYS(ZX_ERR_NO_MEMORY);
	long bad_pointer = may & FAIL_LINUX ? -EFAULT : SAYS(ZX_ERR_INVALID_ARGS);

	CHECK(w, t->injected || !t->point);
	if (w->ret == -EFAULT && (t->point == 1 || (!t->point && t->bad == ARGS))) {
		/* The argument struct itself. */
		tally->bad_page += !t->point;
	} else if (w->ret == no_memory) {
		CHECK(w, t->point);
		tally->no_memory++;
	} else if (w->ret == bad_pointer) {
		CHECK(w, may & (t->point ? FAIL_COPY : FAIL_COPY | FAIL_FETCH | FAIL_PAGE));
		tally->bad_pointer += t->point > 0;
		tally->bad_page += !t->point;
	} else {
		CHECK(w, w->ret != w->ret);
	}
}

static void begin(const struct trial *t)
{
	if (t->point)
		arm(t->point);
	else if (t->protection == PROT_READ || t->protection == PROT_NONE)
		protect_page(t->bad, t->page, t->protection);
	else
		drop_pages();
}

static void end(struct trial *t)
{
	if (t->point)
		t->injected = disarm();
	else
		unprotect_pages();
}

static void call(struct world *w)
{
	w->ret = attempt(w);
	if (w->is->kind->after)
		w->is->kind->after(w);
}

/* One call with one failure. False if a check has failed. */
static bool try(const struct fault *is, struct trial *t, struct tally *tally)
{
	const struct kind *kind = is->kind;
	static struct world w;
	long expect = is->expect ?: kind->expect;

	w = (struct world){ .is = is, .trial = t, .fd = { -1, -1, -1 } };
	OK(zx_event_create(0, &w.kept));
	used_places();
	if (kind->set_up)
		kind->set_up(&w);
	if (kind->prepare)
		kind->prepare(&w);
	w.before = look(&w);

	begin(t);
	w.ret = attempt(&w);
	end(t);
	t->noticed = w.ret != expect;
	tally->places |= used_places();
	if (kind->after)
		kind->after(&w);

	if (w.ret != expect && kind->may & FAIL_LINUX && w.ret > 0) {
		/* A part was done, as the result says; the rest follows. */
		expect -= w.ret;
		w.offset = w.ret;
		call(&w);
		CHECK(&w, w.ret == expect);
	} else if (w.ret != expect) {
		check_error(&w, tally);
		(kind->failed ?: check_unchanged)(&w);
		if (kind->prepare)
			kind->prepare(&w);
		call(&w);
		CHECK(&w, w.ret == expect);
	} else {
		tally->survived += t->injected;
	}
	CHECK(&w, (int)(zxt_handles() - w.before.handles) ==
		  kind->gain + (is->duplicate ? 0 : kind->gain_each * (int)is->handles));
	if (kind->done)
		kind->done(&w);
	tear_down(&w);
	return !w.wrong;
}

static bool try_points(const struct fault *is, struct tally *tally)
{
	struct trial t = {};

	do {
		t.point++;
		if (!try(is, &t, tally))
			return false;
		tally->points += t.injected;
	} while (t.injected);
	return true;
}

/* Whether every failure was seen that is expected. */
static bool has_seen(unsigned int may, const struct tally *tally)
{
	return tally->points && (tally->no_memory || !(may & FAIL_ALLOC)) &&
	       (tally->bad_pointer || !(may & FAIL_COPY)) &&
	       (tally->survived || !(may & (FAIL_FETCH | FAIL_BATCH)));
}

bool try_all_points(const struct fault *is, struct tally *tally)
{
	unsigned int may = may_fail(is);

	for (int i = 0; i < PASSES && !has_seen(may, tally); i++)
		if (!try_points(is, tally))
			return false;
	return true;
}

/*
 * A page that is missing, then one that cannot be written. The second shows nothing if the call did
 * without the page.
 */
static bool try_page(const struct fault *is, enum place bad, unsigned int page, struct tally *tally)
{
	static const int protections[] = { PROT_NONE, PROT_READ };
	struct trial t = { .bad = bad, .page = page, .noticed = true };

	for (unsigned int i = 0; i < ARRAY_SIZE(protections) && t.noticed; i++) {
		t.protection = protections[i];
		tally->pages++;
		if (!try(is, &t, tally))
			return false;
	}
	return true;
}

/* Those of the places that the call may know, with the one behind its bytes. */
bool try_all_pages(const struct fault *is, struct tally *tally)
{
	struct trial t = {};

	for (enum place bad = 0; bad < PLACES; bad++) {
		unsigned int pages = bad == FROM || bad == INTO ? is->size / PAGE + 1 : 1;

		for (unsigned int page = 0; tally->places >> bad & 1 && page < pages; page++)
			if (!try_page(is, bad, page, tally))
				return false;
	}
	/* All pages are there, but not in the page table. */
	t = (struct trial){ .protection = PROT_READ | PROT_WRITE };
	return try(is, &t, tally);
}
