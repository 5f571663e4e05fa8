//! One profile, one window: a second launch hands its link to the first and ends.
//!
//! The engine's lock says that there is a first, and its control socket carries the message: no second lock, no D-Bus, and
//! two profiles are two windows.

use std::time::Duration;

use serde_json::{Map, Value};
use sheaf_engine::{Engine, Home, LineClient};
use tauri::{AppHandle, Manager};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::lanes::Line;
use crate::starting::NoStart;
use crate::window;

/// What became of a launch.
pub(crate) enum Launch {
    /// This process has the profile.
    First(Engine),
    /// Another has it, and was told.
    Second,
}

/// How long another process may have the profile without answering: a window that closes, a command that runs.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often that is looked at.
const LOOK: Duration = Duration::from_millis(25);

/// Opens the profile, or tells the process that has it to come to the front.
pub(crate) async fn launch(home: Home, link: Option<&str>) -> Result<Launch, NoStart> {
    let mut waited = Duration::ZERO;
    loop {
        let locked = match Engine::open(home.clone()).await {
            Ok(engine) => return Ok(Launch::First(engine)),
            Err(error) if !error.is_locked() => return Err(NoStart::Profile(error)),
            Err(locked) => locked,
        };
        if let Some(first) = LineClient::connect(&home).await {
            return raise(first, link).await.map(|()| Launch::Second);
        }
        if waited >= PATIENCE {
            return Err(NoStart::Profile(locked));
        }
        tokio::time::sleep(LOOK).await;
        waited += LOOK;
    }
}

async fn raise(mut first: LineClient, link: Option<&str>) -> Result<(), NoStart> {
    let fields: Map<String, Value> = link.map(|link| ("link".to_owned(), link.into())).into_iter().collect();
    let answer = first.ask("raise", fields).await.map_err(|failure| NoStart::Unanswered(failure.message))?;
    if answer["windows"] == 0 {
        return Err(NoStart::Held);
    }
    Ok(())
}

/// Brings the window to the front, and hands over links, whenever a second launch asks.
pub(crate) async fn heed(app: AppHandle, mut raises: Receiver<Option<String>>) {
    loop {
        match raises.recv().await {
            Ok(link) => {
                link.into_iter().for_each(|link| app.state::<Line>().follow(link));
                window::come_forward(&app);
            }
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}
