/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ports: queues of packets, and asynchronous waits, which queue a packet when a signal is raised.
 *
 * A packet comes from zx_port_queue() or from an asynchronous wait. It goes to the thread that has
 * waited longest in zx_port_wait(), or, if no thread waits, to the end of the queue. So the queue
 * is empty while a thread waits, and each packet reaches one thread.
 *
 * An asynchronous wait (struct zx_async_wait) contains its packet, so raising a signal allocates
 * nothing and cannot fail. It has three states:
 *
 *	pending	It is an observer of its object, and its packet is in zx_port.waits. The handle that
 *		it waits through keeps the object.
 *	queued	Its packet is in zx_port.packets. It is no observer any more and has no reference to
 *		the object, so it can outlive handle and object.
 *	ending	zx_port_cancel_key(), or the close of the port, has removed the packet from
 *		zx_port.waits and set zx_packet.canceled. Only that thread changes the wait from now
 *		on: it removes the observer, then frees the wait or keeps it (zx_port.spare).
 *
 * The port's lock is its object's lock, and is acquired inside that of the object that is waited
 * for. So a thread that has found a pending wait in the port's lists gets a reference to the
 * object, unlocks the port, and only then locks the object:
 *
 *	CPU 0, raises a signal			CPU 1, cancels by key
 *	  locks the object			  locks the port
 *	    finds the observer			    removes the packet, sets canceled
 *	    locks the port			    gets a reference to the object
 *	      canceled: leaves it		  unlocks it
 *	      else: queues the packet		  locks the object
 *	    unlocks it				    removes the observer
 *	  unlocks it				  unlocks it, calls zx_packet_free()
 *
 * The reference of CPU 1 is valid: while the packet is in zx_port.waits the handle has its
 * reference, or the thread that closes the handle waits for the port's lock.
 *
 * The end of the observation and the queueing of the packet are one step under both locks, so
 * zx_port_cancel() finds the wait either through the handle or in the queue. A packet has the
 * zx_watched.id of its handle for that.
 *
 * READABLE is raised while packets are queued. Programs cannot wait for it, since no handle to a
 * port has ZX_RIGHT_WAIT; poll of an exported port and of a watch shows it and needs
 * ZX_RIGHT_READ. Pollers of the port are woken after both locks are dropped.
 *
 * Other users can make the lists long, so they are walked in pieces, with a bookmark. The close of
 * a port with many waits and packets is divided into rounds, see burial.h; zx_port.closed keeps
 * the lists from growing meanwhile.
 */
#ifndef ZXMOD_IPC_PORT_H
#define ZXMOD_IPC_PORT_H

struct zx_handle_table;

long zx_ioc_port_create(struct zx_handle_table *table, void *args);
long zx_ioc_port_queue(struct zx_handle_table *table, void *args);
long zx_ioc_port_wait(struct zx_handle_table *table, void *args);
long zx_ioc_port_cancel(struct zx_handle_table *table, void *args);
long zx_ioc_port_cancel_key(struct zx_handle_table *table, void *args);
long zx_ioc_object_wait_async(struct zx_handle_table *table, void *args);

int zx_port_init(void);
void zx_port_exit(void);

#endif /* ZXMOD_IPC_PORT_H */
