//! The clock jumps.
