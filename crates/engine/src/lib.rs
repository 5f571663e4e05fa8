//! One task per live document, the library, background sync, lanes and control requests.
