//! Rescued words: a line is removed by somebody who has not seen what was written in it.

use std::time::Duration;

use sheaf_document::{Announcement, Input};
use sheaf_schema::Delta;

use crate::{shell::World, view::insert};

const SECOND: Duration = Duration::from_secs(1);

/// Ada and Ben are apart. Ben removes the second of three lines whole; Ada writes in it.
fn apart() -> World {
    let mut world = World::sharing(&["Ada", "Ben"]);
    for line in ["First line\n", "Doomed line\n", "Last line\n"] {
        world.write(0, line);
    }
    world.open(1, "main");
    world.pass(SECOND);
    world.part(0);
    let doomed = "First line\n".len();
    world.push(1, "main", Delta::new().retain(doomed).delete("Doomed line\n".len()));
    world.push(0, "main", insert(doomed + "Doomed ".len(), "and precious ", "a"));
    world.settle();
    world
}

/// The words that a device has said are rescued, and the ids of their lines.
fn rescued(world: &World, who: usize) -> Vec<(String, String)> {
    let said = world.devices[who].announcements.iter();
    let rescued = said.filter_map(|said| if let Announcement::Rescued(rescued) = said { Some(rescued) } else { None });
    rescued.map(|rescued| (rescued.text.clone(), rescued.line.clone())).collect()
}

#[test]
fn words_that_lose_their_line_are_noticed_by_whoever_wrote_them() {
    let mut world = apart();
    let id = world.view(0, "main").text.lines().nth(1).and_then(|line| line.id().map(str::to_owned)).expect("it has an id");
    world.link(0, 1);
    world.pass(SECOND);
    assert_eq!(world.agree(), "First line\nand precious Last line\n");
    assert_eq!(rescued(&world, 0), [("and precious ".to_owned(), id)]);
    assert_eq!(rescued(&world, 1), [], "Ben has lost nothing");

    // Put back, they have a line of their own again, for everybody; once more changes nothing.
    let kept =
        world.devices[0].announcements.iter().find_map(|said| if let Announcement::Rescued(it) = said { Some(it.clone()) } else { None });
    let sheaf_document::Rescued { text, place, .. } = kept.expect("it was announced");
    for _ in 0..2 {
        let (text, place) = (text.clone(), Some(place.clone()));
        world.ask(0, |request| Input::PutBack { request, text, place }).expect("an editor may");
        world.pass(SECOND);
        assert_eq!(world.agree(), "First line\nand precious \nLast line\n");
    }

    // Joining two lines strands nothing, whoever writes in them meanwhile.
    world.part(0);
    world.push(1, "main", Delta::new().retain("First line".len()).delete(1));
    world.push(0, "main", insert(3, "xyz", "a"));
    world.settle();
    world.link(0, 1);
    world.pass(SECOND);
    assert!(world.agree().starts_with("Firxyzst lineand precious \nLast"));
    assert_eq!(rescued(&world, 0).len(), 1);
}

#[test]
fn they_are_noticed_too_when_nobody_had_the_document_open_as_the_removal_came() {
    for restarted in [false, true] {
        let mut world = apart();
        if restarted {
            world.close(0);
            world.start(0);
        } else {
            world.input(0, Input::Close { view: "main".into() });
            world.devices[0].views.clear();
            world.pass(70 * SECOND);
        }
        assert_eq!(world.document(0).body(), None, "nobody looks at it");
        world.link(0, 1);
        world.pass(SECOND);
        // Ben, who has seen the words by now, goes on removing.
        world.push(1, "main", Delta::new().delete("First ".len()));
        world.pass(SECOND);
        assert_eq!((world.document(0).body(), rescued(&world, 0)), (None, Vec::new()));

        world.open(0, "main");
        world.pass(SECOND);
        assert_eq!(world.agree(), "line\nand precious Last line\n");
        assert_eq!(rescued(&world, 0).len(), 1, "once");
        assert_eq!(rescued(&world, 0)[0].0, "and precious ");
        world.close(0);
        world.start(0);
        world.open(0, "main");
        world.pass(SECOND);
        assert_eq!(rescued(&world, 0).len(), 1, "and not again");
        assert_eq!(rescued(&world, 1), []);
    }
}
