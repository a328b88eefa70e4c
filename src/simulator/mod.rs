//! The simulated Zebra behind `platen simulate`, the demo and the tests.
