//! A tray for tests: answers for `org.kde.StatusNotifierWatcher` on the session bus, as a desktop's panel does, and prints who comes and goes.
//!
//! Prints `ready`, then one line for each item that is registered: its bus name and its path.

fn main() {
    #[cfg(target_os = "linux")]
    host::run();
}

#[cfg(target_os = "linux")]
mod host {
    use gtk::gio::{BusNameOwnerFlags, BusType, DBusConnection, DBusNodeInfo, bus_own_name};
    use gtk::glib::MainLoop;
    use gtk::glib::prelude::ToVariant;

    const WATCHER: &str = "org.kde.StatusNotifierWatcher";

    const INTERFACE: &str = "<node><interface name='org.kde.StatusNotifierWatcher'>
        <method name='RegisterStatusNotifierItem'><arg name='service' type='s' direction='in'/></method>
        <method name='RegisterStatusNotifierHost'><arg name='service' type='s' direction='in'/></method>
        <property name='RegisteredStatusNotifierItems' type='as' access='read'/>
        <property name='IsStatusNotifierHostRegistered' type='b' access='read'/>
        <property name='ProtocolVersion' type='i' access='read'/>
        <signal name='StatusNotifierItemRegistered'><arg type='s'/></signal>
        <signal name='StatusNotifierHostRegistered'/>
        </interface></node>";

    pub(crate) fn run() {
        let waiting = MainLoop::new(None, false);
        let lost = waiting.clone();
        bus_own_name(
            BusType::Session,
            WATCHER,
            BusNameOwnerFlags::NONE,
            |bus, _| answer_for(&bus),
            |_, _| println!("ready"),
            move |_, _| lost.quit(),
        );
        waiting.run();
    }

    fn answer_for(bus: &DBusConnection) {
        let node = DBusNodeInfo::for_xml(INTERFACE).expect("the interface is well-formed");
        let interface = node.lookup_interface(WATCHER).expect("it is in there");
        let registered = bus.register_object(
            "/StatusNotifierWatcher",
            &interface,
            |_, sender, _, _, _, arguments, done| {
                let service: String = arguments.child_value(0).get().unwrap_or_default();
                println!("{sender} {service}");
                done.return_value(None);
            },
            |_, _, _, _, name| match name {
                "IsStatusNotifierHostRegistered" => true.to_variant(),
                "ProtocolVersion" => 0_i32.to_variant(),
                _ => Vec::<String>::new().to_variant(),
            },
            |_, _, _, _, _, _| false,
        );
        registered.expect("nobody else is at this path");
    }
}
