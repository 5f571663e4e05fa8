//! Tables read off lines, by the cases that the editor's reading is tested with too.

use serde_json::{Value, from_str, from_value};
use sheaf_schema::{Block, Table};

#[test]
fn a_table_is_what_its_lines_say() {
    let cases: Vec<Value> = from_str(include_str!("vectors/tables.json")).expect("the cases are JSON");
    assert!(cases.len() > 3);
    for case in cases {
        let lines: Vec<String> = from_value(case["lines"].clone()).expect("lines are strings");
        let blocks: Vec<Block> = lines.iter().map(|line| Block::from(line.as_str())).collect();
        let table = Table::read(&blocks);
        assert_eq!(
            table.rows.iter().map(|row| row.cells.clone()).collect::<Vec<_>>(),
            from_value::<Vec<Vec<Vec<usize>>>>(case["cells"].clone()).expect("cells"),
            "{case}"
        );
        assert_eq!(
            table.rows.iter().map(|row| row.head).collect::<Vec<_>>(),
            from_value::<Vec<bool>>(case["heads"].clone()).expect("heads"),
            "{case}"
        );
        let aligns = table.aligns.iter().map(|align| align.map(|align| align.name().to_owned())).collect::<Vec<_>>();
        assert_eq!(aligns, from_value::<Vec<Option<String>>>(case["aligns"].clone()).expect("aligns"), "{case}");
        assert_eq!(table.widths, from_value::<Vec<Option<u16>>>(case["widths"].clone()).expect("widths"), "{case}");
    }
}
