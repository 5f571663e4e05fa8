//! Files that records refer to are noted with them, whether anybody has the text open or not.

use sheaf_base::BlobId;
use sheaf_document::{Input, ReferenceRow};
use sheaf_schema::{Attachment, Delta, LINE, attributes};

use crate::shell::World;

fn picture(blob: u8) -> Attachment {
    Attachment {
        blob: BlobId([blob; 32]),
        size: 12_000,
        name: "field.png".into(),
        kind: Some("image/png".into()),
        pixels: Some((640, 480)),
    }
}

fn line(blob: u8) -> Delta {
    Delta::new().embed(picture(blob).embed()).insert_with("\n", attributes([(LINE, format!("line{blob}").into())]))
}

#[test]
fn a_file_is_noted_with_the_record_that_refers_to_it_here_and_where_it_arrives() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.ask(0, |request| Input::Edit { request, base: None, delta: line(1) }).expect("she is the owner");
    world.settle();
    let row = |own| ReferenceRow { blob: BlobId([1; 32]), size: 12_000, name: "field.png".into(), own };
    assert_eq!(world.devices[0].disk.references, [row(true)], "Ada wrote it");
    assert_eq!(world.devices[1].disk.references, [row(false)], "Ben has it from her, and no view of it");
}
