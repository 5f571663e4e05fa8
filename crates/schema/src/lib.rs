//! Lines, marks, embeds and the epoch, said once; Delta and its transform.
