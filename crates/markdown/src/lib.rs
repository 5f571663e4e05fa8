//! Markdown to Delta and back.
