//! The deterministic world: devices, fake wires, fake disks.
