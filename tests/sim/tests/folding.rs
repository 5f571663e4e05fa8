//! A bug that all devices have alike: nobody's text differs from anybody's, and still it is not the text that yrs holds.

use sheaf_base::planted::Bug;
use sheaf_sim::{Plan, Planted, run};

#[test]
fn folding_notices_when_the_index_and_yrs_disagree_about_the_order() {
    let planted = Some(Planted::Product(Bug::IndexMisplaces));
    let noticed = |seed| run(Plan { planted, ..Plan::peaceful(seed, 200) }).err().map(|failure| failure.what);
    let said: Vec<String> = (0..20).filter_map(noticed).collect();
    assert!(said.iter().any(|what| what.contains("folding stopped") && what.contains("disagree")), "{said:#?}");
}
