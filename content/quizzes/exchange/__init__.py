"""Questions in and out of the formats of other learning platforms: GIFT and Moodle XML."""
