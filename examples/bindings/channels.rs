// SPDX-License-Identifier: GPL-2.0-only
//! Channels from Rust, through the crate fuchsia-zircon 0.3.3: a call that another thread answers,
//! and an event that is sent in a message. docs/bindings.md tells how to build this.
extern crate fuchsia_zircon as zx;

use std::thread;
use zx::prelude::*;
use zx::{Channel, Event, MessageBuf, Rights, Signals, Status};

/// Returns each text in capitals, and raises the events that come with it.
fn serve(channel: Channel) {
    let mut message = MessageBuf::new();
    loop {
        // Not Time::INFINITE of the crate, which is in the past today.
        let deadline = 60.seconds().after_now();
        let signals = Signals::CHANNEL_READABLE | Signals::CHANNEL_PEER_CLOSED;
        channel.wait_handle(signals, deadline).expect("wait");
        match channel.read(&mut message) {
            Ok(()) => (),
            Err(Status::PEER_CLOSED) => return,
            Err(status) => panic!("read: {:?}", status),
        }
        for i in 0..message.n_handles() {
            let event = Event::from(message.take_handle(i).unwrap());
            event.signal_handle(Signals::NONE, Signals::EVENT_SIGNALED).expect("signal");
        }
        // The first four bytes are the number of the call.
        let mut reply = message.bytes().to_vec();
        reply[4..].make_ascii_uppercase();
        channel.write(&reply, &mut Vec::new()).expect("write");
    }
}

fn main() {
    let (client, server) = Channel::create().expect("create");
    let thread = thread::spawn(move || serve(server));

    let event = Event::create().expect("event");
    let copy = event.duplicate_handle(Rights::SAME_RIGHTS).expect("duplicate");
    let mut reply = MessageBuf::new();
    reply.ensure_capacity_bytes(64);
    client
        .call(60.seconds().after_now(), b"\0\0\0\0hello from rust", &mut vec![copy.into()], &mut reply)
        .expect("call");
    println!("{}", String::from_utf8_lossy(&reply.bytes()[4..]));
    event.wait_handle(Signals::EVENT_SIGNALED, 60.seconds().after_now()).expect("event");

    let error = client.read(&mut reply).unwrap_err();
    println!("read: {:?}", error);
    drop(client);
    thread.join().unwrap();
}
