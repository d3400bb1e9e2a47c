/// A simulator of dynamic updates: primaries, a git remote, secondaries, people who push, clients
/// and an attacker on one virtual clock, all driven by one seed, and the promises that have to hold
/// after each step. `PlantedBugsTest` shows that it finds what a primary could do wrong.
@NullMarked
package zonetrail.simulation;

import org.jspecify.annotations.NullMarked;
