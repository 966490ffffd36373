//! A counter owned by a thread behind a channel: adds are sent and forgotten, or each is answered.

use super::{Hand, Tally, contender};
use crate::measure::{Contender, Kind};
use std::marker::PhantomData;
use std::thread::JoinHandle;

pub(super) fn all() -> Vec<Contender> {
    vec![
        contender::<Forget<Std>>("std channel", Kind::Peer),
        contender::<Forget<Crossbeam>>("crossbeam channel", Kind::Peer),
        contender::<Forget<Flume>>("flume channel", Kind::Peer),
        contender::<Forget<Kanal>>("kanal channel", Kind::Peer),
        contender::<Answered<Std>>("std rendezvous, answered", Kind::Peer),
        contender::<Answered<Crossbeam>>("crossbeam rendezvous, answered", Kind::Peer),
        contender::<Answered<Flume>>("flume rendezvous, answered", Kind::Peer),
        contender::<Answered<Kanal>>("kanal rendezvous, answered", Kind::Peer),
    ]
}

/// A kind of channel.
pub(super) trait Channel: 'static {
    type Sender<T: Send + 'static>: Clone + Send + Sync;
    type Receiver<T: Send + 'static>: Send;
    fn unbounded<T: Send + 'static>() -> (Self::Sender<T>, Self::Receiver<T>);
    /// With room for so many; none is a rendezvous.
    fn bounded<T: Send + 'static>(room: usize) -> (Self::Sender<T>, Self::Receiver<T>);
    fn send<T: Send + 'static>(sender: &Self::Sender<T>, message: T);
    fn receive<T: Send + 'static>(receiver: &Self::Receiver<T>) -> Option<T>;
}

macro_rules! channel {
    ($name:ident, $library:ident) => {
        pub(super) struct $name;
        impl Channel for $name {
            type Sender<T: Send + 'static> = $library::Sender<T>;
            type Receiver<T: Send + 'static> = $library::Receiver<T>;
            fn unbounded<T: Send + 'static>() -> (Self::Sender<T>, Self::Receiver<T>) {
                $library::unbounded()
            }
            fn bounded<T: Send + 'static>(room: usize) -> (Self::Sender<T>, Self::Receiver<T>) {
                $library::bounded(room)
            }
            #[inline(always)]
            fn send<T: Send + 'static>(sender: &Self::Sender<T>, message: T) {
                sender.send(message).ok().expect("the owner receives");
            }
            #[inline(always)]
            fn receive<T: Send + 'static>(receiver: &Self::Receiver<T>) -> Option<T> {
                receiver.recv().ok()
            }
        }
    };
}
channel!(Crossbeam, crossbeam_channel);
channel!(Flume, flume);
channel!(Kanal, kanal);

pub(super) struct Std;

/// std's two kinds of sender in one.
pub(super) enum StdSender<T> {
    Unbounded(std::sync::mpsc::Sender<T>),
    Bounded(std::sync::mpsc::SyncSender<T>),
}

impl<T> Clone for StdSender<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Unbounded(sender) => Self::Unbounded(sender.clone()),
            Self::Bounded(sender) => Self::Bounded(sender.clone()),
        }
    }
}

impl Channel for Std {
    type Sender<T: Send + 'static> = StdSender<T>;
    type Receiver<T: Send + 'static> = std::sync::mpsc::Receiver<T>;
    fn unbounded<T: Send + 'static>() -> (Self::Sender<T>, Self::Receiver<T>) {
        let (sender, receiver) = std::sync::mpsc::channel();
        (StdSender::Unbounded(sender), receiver)
    }
    fn bounded<T: Send + 'static>(room: usize) -> (Self::Sender<T>, Self::Receiver<T>) {
        let (sender, receiver) = std::sync::mpsc::sync_channel(room);
        (StdSender::Bounded(sender), receiver)
    }
    #[inline(always)]
    fn send<T: Send + 'static>(sender: &Self::Sender<T>, message: T) {
        match sender {
            StdSender::Unbounded(sender) => sender.send(message).expect("the owner receives"),
            StdSender::Bounded(sender) => sender.send(message).expect("the owner receives"),
        }
    }
    #[inline(always)]
    fn receive<T: Send + 'static>(receiver: &Self::Receiver<T>) -> Option<T> {
        receiver.recv().ok()
    }
}

enum Message<C: Channel> {
    Add,
    Get(C::Sender<u64>),
    /// An add whose sender waits for the new value.
    AddAnswered(C::Sender<u64>),
}

fn owner<C: Channel>(messages: &C::Receiver<Message<C>>) -> u64 {
    let mut value = 0;
    while let Some(message) = C::receive(messages) {
        match message {
            Message::Add => value += 1,
            Message::Get(reply) => C::send(&reply, value),
            Message::AddAnswered(reply) => {
                value += 1;
                C::send(&reply, value);
            }
        }
    }
    value
}

/// An unbounded channel in: an add does not wait.
struct Forget<C: Channel> {
    sender: C::Sender<Message<C>>,
    owner: JoinHandle<u64>,
}

/// A rendezvous channel in, as in the talks, and one out for each task.
struct Answered<C: Channel> {
    sender: C::Sender<Message<C>>,
    owner: JoinHandle<u64>,
}

/// A task's end of either.
struct End<C: Channel, const ANSWERED: bool> {
    sender: C::Sender<Message<C>>,
    reply: C::Sender<u64>,
    replies: C::Receiver<u64>,
    kind: PhantomData<C>,
}

impl<C: Channel, const ANSWERED: bool> Hand for End<C, ANSWERED> {
    #[inline(always)]
    fn increment(&self) {
        if ANSWERED {
            C::send(&self.sender, Message::AddAnswered(self.reply.clone()));
            C::receive(&self.replies).expect("the owner answers");
        } else {
            C::send(&self.sender, Message::Add);
        }
    }
    fn get(&self) -> u64 {
        C::send(&self.sender, Message::Get(self.reply.clone()));
        C::receive(&self.replies).expect("the owner answers")
    }
}

macro_rules! tally {
    ($name:ident, $answered:literal, $open:expr) => {
        impl<C: Channel> Tally for $name<C> {
            type Hand<'a> = End<C, $answered>;
            fn new() -> Self {
                let (sender, receiver) = $open;
                let owner = std::thread::spawn(move || owner::<C>(&receiver));
                Self { sender, owner }
            }
            fn hand(&self) -> Self::Hand<'_> {
                let (reply, replies) = C::bounded(1);
                End { sender: self.sender.clone(), reply, replies, kind: PhantomData }
            }
            fn total(self) -> u64 {
                drop(self.sender);
                self.owner.join().expect("the owner ends")
            }
        }
    };
}
tally!(Forget, false, C::unbounded());
tally!(Answered, true, C::bounded(0));
