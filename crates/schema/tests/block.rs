//! Block strings, by the cases that the generated TypeScript is tested with too.

use sheaf_schema::Block;

#[test]
fn a_block_string_prints_as_it_was_read_with_its_tokens_in_order() {
    let cases: Vec<(String, Option<String>)> = serde_json::from_str(include_str!("vectors/blocks.json")).expect("the cases are JSON");
    assert!(cases.len() > 25);
    for (string, printed) in cases {
        let block = Block::from(string.as_str());
        assert_eq!(block.to_attribute(), printed, "{string:?}");
        assert_eq!(Block::from(block.to_string().as_str()), block, "{string:?}");
    }
}
