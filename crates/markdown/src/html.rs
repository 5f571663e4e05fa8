//! placeholder
use sheaf_schema::Delta;
/// A body as a fragment of HTML.
pub fn html(body: &Delta) -> String {
    body.text()
}
