/* SPDX-License-Identifier: MIT */
/*
 * Doubly linked circular lists. A list is a list_node_t of its own, which is no element; elements
 * are structs that have a list_node_t as a member. The functions allocate nothing and take no lock.
 *
 *	struct job {
 *		list_node_t node;
 *		int number;
 *	};
 *	list_node_t jobs = LIST_INITIAL_VALUE(jobs);
 *	struct job *job;
 *
 *	list_add_tail(&jobs, &job->node);
 *	list_for_every_entry(&jobs, job, struct job, node)
 *		printf("%d\n", job->number);
 *
 * A node that was cleared or deleted is in no list: both of its pointers are NULL. A list must be
 * initialized before its first use.
 */
#ifndef ZIRCON_LISTNODE_H_
#define ZIRCON_LISTNODE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zircon/compiler.h>

__BEGIN_CDECLS

typedef struct list_node list_node_t;

struct list_node {
	list_node_t *prev;
	list_node_t *next;
};

#define LIST_INITIAL_VALUE(list) { &(list), &(list) }	/* an empty list */
#define LIST_INITIAL_CLEARED_VALUE { NULL, NULL }	/* a node in no list */

/* The struct whose @member @ptr points to. */
#define containerof(ptr, type, member) ((type *)((uintptr_t)(ptr) - offsetof(type, member)))

/* The address of the struct that has @node at @offset, or NULL for no node. */
static inline void *__list_container(const list_node_t *node, size_t offset)
{
	return node ? (void *)((uintptr_t)node - offset) : NULL;
}

#define __list_type(node, type, member) \
	((type *)__list_container((node), offsetof(type, member)))

static inline void list_initialize(list_node_t *list)
{
	list->prev = list;
	list->next = list;
}

static inline void list_clear_node(list_node_t *item)
{
	item->prev = NULL;
	item->next = NULL;
}

/* Of a node that is an element, or was cleared: is it in a list? */
static inline bool list_in_list(const list_node_t *item)
{
	return item->prev || item->next;
}

static inline bool list_is_empty(const list_node_t *list)
{
	return list->next == list;
}

/*
 * Adding. @item must not be in a list.
 */
static inline void __list_insert(list_node_t *prev, list_node_t *item, list_node_t *next)
{
	item->prev = prev;
	item->next = next;
	prev->next = item;
	next->prev = item;
}

static inline void list_add_head(list_node_t *list, list_node_t *item)
{
	__list_insert(list, item, list->next);
}

static inline void list_add_tail(list_node_t *list, list_node_t *item)
{
	__list_insert(list->prev, item, list);
}

/* Next to @entry, an element. */
#define list_add_after(entry, new_entry) list_add_head(entry, new_entry)
#define list_add_before(entry, new_entry) list_add_tail(entry, new_entry)

/*
 * Removing. What was removed is cleared.
 */
static inline void list_delete(list_node_t *item)
{
	item->prev->next = item->next;
	item->next->prev = item->prev;
	list_clear_node(item);
}

/* Puts @new_node, which is in no list, where @old_node is. */
static inline void list_replace_node(list_node_t *old_node, list_node_t *new_node)
{
	__list_insert(old_node->prev, new_node, old_node->next);
	list_clear_node(old_node);
}

/*
 * Looking. These return NULL where there is no such element. Of the functions below, each has a
 * macro with "_type" that returns the struct instead of its node.
 */
static inline list_node_t *list_peek_head(list_node_t *list)
{
	return list->next == list ? NULL : list->next;
}

static inline list_node_t *list_peek_tail(list_node_t *list)
{
	return list->prev == list ? NULL : list->prev;
}

static inline list_node_t *list_remove_head(list_node_t *list)
{
	list_node_t *item = list_peek_head(list);

	if (item)
		list_delete(item);
	return item;
}

static inline list_node_t *list_remove_tail(list_node_t *list)
{
	list_node_t *item = list_peek_tail(list);

	if (item)
		list_delete(item);
	return item;
}

static inline list_node_t *list_prev(list_node_t *list, list_node_t *item)
{
	return item->prev == list ? NULL : item->prev;
}

static inline list_node_t *list_next(list_node_t *list, list_node_t *item)
{
	return item->next == list ? NULL : item->next;
}

/* The last element comes before the first. @item may be @list itself. */
static inline list_node_t *list_prev_wrap(list_node_t *list, list_node_t *item)
{
	return item->prev == list ? list_peek_tail(list) : item->prev;
}

/* The first element comes after the last. @item may be @list itself. */
static inline list_node_t *list_next_wrap(list_node_t *list, list_node_t *item)
{
	return item->next == list ? list_peek_head(list) : item->next;
}

#define list_peek_head_type(list, type, element) \
	__list_type(list_peek_head(list), type, element)
#define list_peek_tail_type(list, type, element) \
	__list_type(list_peek_tail(list), type, element)
#define list_remove_head_type(list, type, element) \
	__list_type(list_remove_head(list), type, element)
#define list_remove_tail_type(list, type, element) \
	__list_type(list_remove_tail(list), type, element)
#define list_prev_type(list, item, type, element) \
	__list_type(list_prev(list, item), type, element)
#define list_next_type(list, item, type, element) \
	__list_type(list_next(list, item), type, element)
#define list_prev_wrap_type(list, item, type, element) \
	__list_type(list_prev_wrap(list, item), type, element)
#define list_next_wrap_type(list, item, type, element) \
	__list_type(list_next_wrap(list, item), type, element)

/*
 * Loops, from the head to the tail. With "_safe" the body may remove the current element from the
 * list; it must leave the one after it. "_entry" loops over the structs.
 */
#define list_for_every(list, node) \
	for ((node) = (list)->next; (node) != (list); (node) = (node)->next)

#define list_for_every_safe(list, node, temp_node)                                     \
	for ((node) = (list)->next, (temp_node) = (node)->next; (node) != (list);      \
	     (node) = (temp_node), (temp_node) = (node)->next)

#define list_for_every_entry(list, entry, type, member)                                \
	for ((entry) = containerof((list)->next, type, member);                        \
	     &(entry)->member != (list);                                               \
	     (entry) = containerof((entry)->member.next, type, member))

#define list_for_every_entry_safe(list, entry, temp_entry, type, member)               \
	for ((entry) = containerof((list)->next, type, member),                        \
	     (temp_entry) = containerof((entry)->member.next, type, member);           \
	     &(entry)->member != (list);                                               \
	     (entry) = (temp_entry),                                                   \
	     (temp_entry) = containerof((entry)->member.next, type, member))

static inline size_t list_length(const list_node_t *list)
{
	const list_node_t *node;
	size_t length = 0;

	list_for_every(list, node)
		length++;
	return length;
}

/*
 * Whole lists.
 */

/* Moves the elements of @splice_from behind @pos, an element or another list. */
static inline void list_splice_after(list_node_t *splice_from, list_node_t *pos)
{
	if (list_is_empty(splice_from))
		return;
	splice_from->prev->next = pos->next;
	pos->next->prev = splice_from->prev;
	splice_from->next->prev = pos;
	pos->next = splice_from->next;
	list_initialize(splice_from);
}

/* Moves what follows @pos in @list to @split_to, which is overwritten. */
static inline void list_split_after(list_node_t *list, list_node_t *pos, list_node_t *split_to)
{
	list_initialize(split_to);
	if (pos->next == list)
		return;
	split_to->next = pos->next;
	split_to->prev = list->prev;
	split_to->next->prev = split_to;
	split_to->prev->next = split_to;
	pos->next = list;
	list->prev = pos;
}

/* Moves all elements of @old_list to @new_list, which is overwritten. */
static inline void list_move(list_node_t *old_list, list_node_t *new_list)
{
	list_initialize(new_list);
	list_splice_after(old_list, new_list);
}

__END_CDECLS

#endif /* ZIRCON_LISTNODE_H_ */
