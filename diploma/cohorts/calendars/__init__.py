"""The calendars of partners and cohorts: workdays and holidays."""
