//! What a replica does, told one thing at a time.
