//! Routes between the wire and the domain.

use domain::{CarrierId, NumberPrefix, Refusal, Route, RouteSettings};

use crate::ports::member;
use crate::wire::types;

/// Reads everything but the number; the carrier's name and the owner are not read.
pub(super) fn read(wire: types::Route) -> Result<RouteSettings, Refusal> {
    Ok(RouteSettings {
        carrier: CarrierId::new(member::required(wire.carrier_id, "routes.carrier_id")?),
        prefix: prefix(wire.prefix)?,
        originator: originator(wire.originator)?,
        priority: member::count(wire.priority, "routes.priority")?,
    })
}

/// Reads the numbers of a route.
pub(super) fn prefix(text: Option<String>) -> Result<NumberPrefix, Refusal> {
    NumberPrefix::of_route(&text.unwrap_or_default()).map_err(|why| why.at("routes.prefix"))
}

/// Reads whom a route is limited to.
pub(super) fn originator(text: Option<String>) -> Result<String, Refusal> {
    RouteSettings::originator(&text.unwrap_or_default()).map_err(|why| why.at("routes.originator"))
}

/// Writes a route with every member.
pub(super) fn write(route: Route) -> types::Route {
    types::Route {
        id: Some(route.id.get()),
        carrier_id: Some(route.settings.carrier.get()),
        carrier: Some(route.carrier_name),
        prefix: Some(route.settings.prefix.as_str().to_owned()),
        originator: Some(route.settings.originator),
        priority: Some(route.settings.priority),
        reseller: Some(route.reseller.get()),
        change_date: Some(route.change_date),
        ..Default::default()
    }
}
