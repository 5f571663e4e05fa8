//! Golden bytes, and Yjs as the reference reader of our updates.
