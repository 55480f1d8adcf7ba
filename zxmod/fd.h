/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handles and file descriptors.
 *
 *   export	moves a handle from a table into a new file. Poll of the file shows the object's
 *		signals. The handle in the file counts like one in a table.
 *   import	moves the handle from such a file into a table. The file remains, without a handle.
 *   watch	makes a file that has no handle and becomes readable when one of certain signals is
 *		up, until the handle is closed or replaced, exported, shared, received, or sent with
 *		fewer rights.
 */
#ifndef ZXMOD_FD_H
#define ZXMOD_FD_H

#include <linux/list.h>
#include <linux/types.h>

struct file;
struct zx_account;
struct zx_handle;
struct zx_handle_table;

/**
 * struct zx_file_entry - an entry of zx_account.files
 * @entry:	in the list; guarded by zx_account.files_lock
 * @bookmark:	it is no file, but the position of an iteration
 */
struct zx_file_entry {
	struct hlist_node entry;
	bool bookmark;
};

void zx_files_begin(struct zx_account *user, struct zx_file_entry *bookmark);
bool zx_files_next(struct zx_account *user, struct zx_file_entry *bookmark,
		   struct zx_handle *handle, unsigned int *steps);
void zx_files_end(struct zx_account *user, struct zx_file_entry *bookmark);

int zx_fd_status(long err);
int zx_no_fasync(int fd, struct file *file, int on);

long zxl_ioc_handle_export(struct zx_handle_table *table, void *args);
long zxl_ioc_handle_import(struct zx_handle_table *table, void *args);
long zxl_ioc_handle_watch(struct zx_handle_table *table, void *args);

#endif /* ZXMOD_FD_H */
