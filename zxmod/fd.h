/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The doors between handles and file descriptors.
 *
 *   export	makes a file that owns a handle, which leaves the table. Its poll shows
 *		the object's signals. While the file keeps the handle the object is
 *		within reach as with a handle in a table.
 *   import	moves the handle out of such a file into a table. The file remains, empty.
 *   watch	makes a file that owns nothing and becomes readable when one of certain
 *		signals is up, for as long as the handle stays in the table.
 */
#ifndef ZXMOD_FD_H
#define ZXMOD_FD_H

struct file;
struct zx_handle_table;

int zx_fd_status(long err);
int zx_no_fasync(int fd, struct file *file, int on);

long zxl_ioc_handle_export(struct zx_handle_table *table, void *args);
long zxl_ioc_handle_import(struct zx_handle_table *table, void *args);
long zxl_ioc_handle_watch(struct zx_handle_table *table, void *args);

#endif /* ZXMOD_FD_H */
