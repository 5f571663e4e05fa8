//! Stories of two and three devices that write one document: real documents, disks that are lists, wires that are queues.

mod disk;
mod scale;
mod shell;
mod view;

mod apart;
mod attachments;
mod chance;
mod crowded;
mod devices;
mod duels;
mod folders;
mod forger;
mod forks;
mod guests;
mod holding;
mod hostile;
mod journeys;
mod killed;
mod lane;
mod members;
mod recorded;
mod removed;
mod rescued;
mod secrets;
mod withheld;
mod writing_together;
