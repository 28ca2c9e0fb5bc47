CREATE TABLE api_key (
	id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	secret_hash VARCHAR NOT NULL,
	role VARCHAR NOT NULL,
	created_at BIGINT NOT NULL,
	revoked_at BIGINT,
	last_used_at BIGINT,
	PRIMARY KEY (id)
);

CREATE TABLE cadence_version (
	name VARCHAR NOT NULL,
	digest VARCHAR NOT NULL,
	body VARCHAR NOT NULL,
	active BOOLEAN NOT NULL,
	loaded_at BIGINT NOT NULL,
	PRIMARY KEY (name, digest)
);

CREATE TABLE campaign (
	id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	segment TEXT NOT NULL,
	cadence VARCHAR NOT NULL,
	cadence_digest VARCHAR,
	starts_on DATE,
	ends_on DATE,
	hourly_limit INTEGER,
	daily_limit INTEGER,
	held_out_share FLOAT NOT NULL,
	zone VARCHAR NOT NULL,
	not_before BIGINT,
	not_after BIGINT,
	state VARCHAR NOT NULL,
	created_at BIGINT NOT NULL,
	created_by VARCHAR NOT NULL,
	changed_at BIGINT NOT NULL,
	changed_by VARCHAR NOT NULL,
	started_at BIGINT,
	started_by VARCHAR,
	paused_at BIGINT,
	paused_by VARCHAR,
	resumed_at BIGINT,
	resumed_by VARCHAR,
	stopped_at BIGINT,
	stopped_by VARCHAR,
	done_at BIGINT,
	PRIMARY KEY (id),
	UNIQUE (name)
);

CREATE TABLE check_result (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR,
	value_index VARCHAR,
	kind VARCHAR NOT NULL,
	result VARCHAR NOT NULL,
	source VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX ix_check_result_consumer_id ON check_result (consumer_id) WHERE consumer_id IS NOT NULL;

CREATE INDEX ix_check_result_value_index ON check_result (value_index) WHERE value_index IS NOT NULL;

CREATE TABLE consumer (
	id VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	person_key VARCHAR,
	pool_id VARCHAR NOT NULL,
	given_name VARCHAR,
	family_name VARCHAR,
	organization VARCHAR,
	date_of_birth DATE,
	language VARCHAR,
	country VARCHAR NOT NULL,
	time_zone VARCHAR,
	zones JSON NOT NULL,
	jurisdictions JSON NOT NULL,
	epoch INTEGER NOT NULL,
	created_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX consumer_by_family_name ON consumer (lower(family_name), lower(given_name), id) WHERE family_name IS NOT NULL;

CREATE INDEX consumer_by_given_name ON consumer (lower(given_name), id) WHERE given_name IS NOT NULL;

CREATE INDEX consumer_by_organization ON consumer (lower(organization), id) WHERE organization IS NOT NULL;

CREATE INDEX ix_consumer_country ON consumer (country);

CREATE INDEX ix_consumer_person_key ON consumer (person_key) WHERE person_key IS NOT NULL;

CREATE INDEX ix_consumer_pool_id ON consumer (pool_id);

CREATE TABLE creditor (
	id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	first_seen_at BIGINT NOT NULL,
	PRIMARY KEY (id)
);

CREATE TABLE delivery_event (
	id VARCHAR NOT NULL,
	provider VARCHAR NOT NULL,
	provider_event_id VARCHAR NOT NULL,
	attempt_id VARCHAR,
	kind VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	applied_at BIGINT,
	detail JSON,
	raw_sealed BLOB,
	PRIMARY KEY (id),
	CONSTRAINT delivery_event_once UNIQUE (provider, provider_event_id)
);

CREATE INDEX delivery_event_waiting ON delivery_event (occurred_at) WHERE applied_at IS NULL;

CREATE INDEX ix_delivery_event_attempt_id ON delivery_event (attempt_id) WHERE attempt_id IS NOT NULL;

CREATE TABLE idempotency_key (
	"key" VARCHAR NOT NULL,
	route VARCHAR NOT NULL,
	owner VARCHAR NOT NULL,
	body_digest VARCHAR NOT NULL,
	status INTEGER,
	response_sealed BLOB,
	created_at BIGINT NOT NULL,
	PRIMARY KEY ("key", route, owner)
);

CREATE TABLE import_batch (
	id VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	file_name VARCHAR NOT NULL,
	file_digest VARCHAR NOT NULL,
	started_at BIGINT NOT NULL,
	finished_at BIGINT,
	rows INTEGER NOT NULL,
	accounts INTEGER NOT NULL,
	consumers INTEGER NOT NULL,
	rejected INTEGER NOT NULL,
	complete_since DATE,
	PRIMARY KEY (id)
);

CREATE TABLE inbound_message (
	id VARCHAR NOT NULL,
	provider VARCHAR NOT NULL,
	provider_event_id VARCHAR NOT NULL,
	channel VARCHAR NOT NULL,
	value_index VARCHAR NOT NULL,
	consumer_id VARCHAR,
	attempt_id VARCHAR,
	address_sealed BLOB,
	body_sealed BLOB,
	intent VARCHAR,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	handled_at BIGINT,
	PRIMARY KEY (id),
	CONSTRAINT inbound_message_once UNIQUE (provider, provider_event_id)
);

CREATE INDEX ix_inbound_message_consumer_id ON inbound_message (consumer_id) WHERE consumer_id IS NOT NULL;

CREATE INDEX ix_inbound_message_value_index ON inbound_message (value_index);

CREATE TABLE incident (
	id VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	consumer_id VARCHAR,
	attempt_ids JSON,
	detail JSON,
	opened_at BIGINT NOT NULL,
	closed_at BIGINT,
	closed_by VARCHAR,
	PRIMARY KEY (id)
);

CREATE INDEX incident_open ON incident (opened_at, id) WHERE closed_at IS NULL;

CREATE INDEX ix_incident_consumer_id ON incident (consumer_id) WHERE consumer_id IS NOT NULL;

CREATE TABLE lease (
	name VARCHAR NOT NULL,
	owner VARCHAR NOT NULL,
	until BIGINT NOT NULL,
	fence INTEGER NOT NULL,
	PRIMARY KEY (name)
);

CREATE TABLE ledger_entry (
	id INTEGER NOT NULL,
	at BIGINT NOT NULL,
	kind VARCHAR NOT NULL,
	consumer_ref VARCHAR,
	attempt_id VARCHAR,
	body BLOB NOT NULL,
	digest BLOB NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX ix_ledger_entry_attempt_id ON ledger_entry (attempt_id) WHERE attempt_id IS NOT NULL;

CREATE INDEX ix_ledger_entry_consumer_ref ON ledger_entry (consumer_ref) WHERE consumer_ref IS NOT NULL;

CREATE INDEX ledger_entry_by_kind ON ledger_entry (kind, at, id);

CREATE TABLE ledger_head (
	seq BIGINT NOT NULL,
	chained BLOB NOT NULL,
	signed_at BIGINT NOT NULL,
	key_id VARCHAR NOT NULL,
	signature BLOB NOT NULL,
	PRIMARY KEY (seq)
);

CREATE TABLE ledger_link (
	seq BIGINT NOT NULL,
	entry_id BIGINT NOT NULL,
	chained BLOB NOT NULL,
	PRIMARY KEY (seq),
	UNIQUE (entry_id)
);

CREATE TABLE opt_out (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR,
	value_index VARCHAR,
	channel VARCHAR,
	scope VARCHAR,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	proof VARCHAR,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX ix_opt_out_consumer_id ON opt_out (consumer_id) WHERE consumer_id IS NOT NULL;

CREATE INDEX ix_opt_out_corrects_id ON opt_out (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE INDEX ix_opt_out_value_index ON opt_out (value_index) WHERE value_index IS NOT NULL;

CREATE TABLE policy_version (
	digest VARCHAR NOT NULL,
	body BLOB NOT NULL,
	first_used_at BIGINT NOT NULL,
	PRIMARY KEY (digest)
);

CREATE TABLE revision (
	id VARCHAR NOT NULL,
	subject VARCHAR NOT NULL,
	subject_id VARCHAR NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	"before" JSON NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX ix_revision_subject_id ON revision (subject_id);

CREATE TABLE sign_in_failure (
	kind VARCHAR NOT NULL,
	subject_hash VARCHAR NOT NULL,
	failures INTEGER NOT NULL,
	since_at BIGINT NOT NULL,
	closed_until BIGINT NOT NULL,
	PRIMARY KEY (kind, subject_hash)
);

CREATE INDEX ix_sign_in_failure_since_at ON sign_in_failure (since_at);

CREATE TABLE switch (
	name VARCHAR NOT NULL,
	value JSON,
	changed_at BIGINT NOT NULL,
	changed_by VARCHAR NOT NULL,
	PRIMARY KEY (name)
);

CREATE TABLE task (
	id VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	consumer_id VARCHAR,
	account_id VARCHAR,
	enrollment_id VARCHAR,
	attempt_id VARCHAR,
	state VARCHAR NOT NULL,
	reason VARCHAR NOT NULL,
	detail JSON,
	due_at BIGINT,
	created_at BIGINT NOT NULL,
	closed_at BIGINT,
	closed_by VARCHAR,
	outcome VARCHAR,
	PRIMARY KEY (id)
);

CREATE INDEX ix_task_consumer_id ON task (consumer_id) WHERE consumer_id IS NOT NULL;

CREATE INDEX ix_task_enrollment_id ON task (enrollment_id) WHERE enrollment_id IS NOT NULL;

CREATE INDEX task_by_kind ON task (state, kind, due_at, id);

CREATE INDEX task_open ON task (state, due_at);

CREATE TABLE template_version (
	digest VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	channel VARCHAR NOT NULL,
	locale VARCHAR NOT NULL,
	body VARCHAR NOT NULL,
	loaded_at BIGINT NOT NULL,
	PRIMARY KEY (digest)
);

CREATE TABLE user_account (
	id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	display_name VARCHAR NOT NULL,
	role VARCHAR NOT NULL,
	password_hash VARCHAR NOT NULL,
	must_change_password BOOLEAN NOT NULL,
	language VARCHAR NOT NULL,
	time_zone VARCHAR NOT NULL,
	theme VARCHAR NOT NULL,
	density VARCHAR NOT NULL,
	single_keys BOOLEAN NOT NULL,
	is_sample BOOLEAN NOT NULL,
	created_at BIGINT NOT NULL,
	disabled_at BIGINT,
	password_changed_at BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (name)
);

CREATE TABLE verdict (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	attempt_id VARCHAR,
	enrollment_id VARCHAR,
	campaign_id VARCHAR,
	channel VARCHAR NOT NULL,
	contact_point_id VARCHAR,
	account_ids JSON NOT NULL,
	decision VARCHAR NOT NULL,
	rule VARCHAR,
	as_of BIGINT NOT NULL,
	retry_at BIGINT,
	valid_until BIGINT,
	policy_digest VARCHAR NOT NULL,
	facts_digest VARCHAR NOT NULL,
	body BLOB NOT NULL,
	facts BLOB NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX ix_verdict_attempt_id ON verdict (attempt_id) WHERE attempt_id IS NOT NULL;

CREATE INDEX ix_verdict_consumer_id ON verdict (consumer_id);

CREATE INDEX verdict_by_answer ON verdict (decision, channel, as_of, id);

CREATE INDEX verdict_by_campaign ON verdict (campaign_id, as_of, id) WHERE campaign_id IS NOT NULL AND decision <> 'allow';

CREATE INDEX verdict_by_rule ON verdict (rule, decision, channel, as_of, id) WHERE rule IS NOT NULL;

CREATE TABLE work_claim (
	item VARCHAR NOT NULL,
	taken_by VARCHAR NOT NULL,
	taken_at BIGINT NOT NULL,
	settled_at BIGINT,
	PRIMARY KEY (item)
);

CREATE TABLE account (
	id VARCHAR NOT NULL,
	creditor_id VARCHAR NOT NULL,
	actor VARCHAR NOT NULL,
	currency VARCHAR NOT NULL,
	balance_minor BIGINT NOT NULL,
	delinquent_since DATE NOT NULL,
	state VARCHAR NOT NULL,
	state_changed_at BIGINT,
	original_creditor VARCHAR,
	account_number_sealed BLOB,
	account_number_index VARCHAR,
	account_label VARCHAR,
	product VARCHAR,
	placed_on DATE,
	new_placement BOOLEAN,
	charged_off_on DATE,
	last_payment_on DATE,
	limitation_on DATE,
	principal_minor BIGINT,
	interest_minor BIGINT,
	fees_minor BIGINT,
	instalments_total INTEGER,
	instalments_overdue INTEGER,
	itemization_on DATE,
	itemization_amount_minor BIGINT,
	itemization_interest_minor BIGINT,
	itemization_fees_minor BIGINT,
	itemization_payments_minor BIGINT,
	itemization_creditor VARCHAR,
	history_complete_since DATE,
	created_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(creditor_id) REFERENCES creditor (id)
);

CREATE INDEX ix_account_account_number_index ON account (account_number_index) WHERE account_number_index IS NOT NULL;

CREATE INDEX ix_account_creditor_id ON account (creditor_id);

CREATE INDEX ix_account_state ON account (state);

CREATE TABLE agreement (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	account_id VARCHAR,
	rule_id VARCHAR NOT NULL,
	written BOOLEAN NOT NULL,
	text_sealed BLOB,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_agreement_consumer_id ON agreement (consumer_id);

CREATE INDEX ix_agreement_corrects_id ON agreement (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE assertion (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	account_id VARCHAR,
	name VARCHAR NOT NULL,
	value JSON,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_assertion_consumer_id ON assertion (consumer_id);

CREATE INDEX ix_assertion_corrects_id ON assertion (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE INDEX ix_assertion_name ON assertion (name);

CREATE TABLE attempt (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	account_id VARCHAR,
	account_ids JSON NOT NULL,
	enrollment_id VARCHAR,
	campaign_id VARCHAR,
	step INTEGER,
	ordinal INTEGER,
	origin VARCHAR NOT NULL,
	requested_by VARCHAR NOT NULL,
	channel VARCHAR NOT NULL,
	contact_point_id VARCHAR,
	content VARCHAR NOT NULL,
	template VARCHAR,
	template_version VARCHAR,
	language VARCHAR,
	content_digest VARCHAR,
	subject_sealed BLOB,
	body_sealed BLOB,
	state VARCHAR NOT NULL,
	outcome VARCHAR,
	failure VARCHAR,
	failure_detail VARCHAR,
	reserved_at BIGINT NOT NULL,
	valid_until BIGINT NOT NULL,
	not_after BIGINT NOT NULL,
	epoch INTEGER NOT NULL,
	lease_owner VARCHAR,
	lease_until BIGINT,
	fence INTEGER NOT NULL,
	permit_expires_at BIGINT,
	submitted_at BIGINT,
	settled_at BIGINT,
	provider VARCHAR,
	provider_id VARCHAR,
	external_id VARCHAR,
	verdict_id VARCHAR,
	PRIMARY KEY (id),
	CONSTRAINT attempt_once_per_step UNIQUE (enrollment_id, step, ordinal),
	CONSTRAINT attempt_external UNIQUE (external_id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX attempt_by_campaign ON attempt (campaign_id, reserved_at, state) WHERE campaign_id IS NOT NULL;

CREATE INDEX attempt_by_consumer ON attempt (consumer_id, reserved_at);

CREATE INDEX attempt_by_state ON attempt (state, lease_until);

CREATE INDEX attempt_under_way ON attempt (campaign_id, state) WHERE campaign_id IS NOT NULL AND state IN ('reserved', 'submitted', 'ambiguous');

CREATE INDEX attempt_waiting ON attempt (channel, reserved_at, id) WHERE state = 'reserved';

CREATE INDEX ix_attempt_provider_id ON attempt (provider_id) WHERE provider_id IS NOT NULL;

CREATE TABLE campaign_forecast (
	campaign_id VARCHAR NOT NULL,
	made_at BIGINT NOT NULL,
	made_by VARCHAR NOT NULL,
	policy_digest VARCHAR NOT NULL,
	cadence_digest VARCHAR NOT NULL,
	definition_digest VARCHAR NOT NULL,
	body BLOB NOT NULL,
	PRIMARY KEY (campaign_id),
	FOREIGN KEY(campaign_id) REFERENCES campaign (id)
);

CREATE TABLE campaign_hour (
	campaign_id VARCHAR NOT NULL,
	starts_at BIGINT NOT NULL,
	sent INTEGER NOT NULL,
	PRIMARY KEY (campaign_id, starts_at),
	FOREIGN KEY(campaign_id) REFERENCES campaign (id)
);

CREATE TABLE cease_request (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	form VARCHAR NOT NULL,
	via VARCHAR,
	accepted_medium BOOLEAN,
	sent_at BIGINT,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_cease_request_consumer_id ON cease_request (consumer_id);

CREATE INDEX ix_cease_request_corrects_id ON cease_request (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE complaint (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	account_id VARCHAR,
	text_sealed BLOB,
	due_on DATE,
	closed_at BIGINT,
	closed_as VARCHAR,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX complaint_open ON complaint (occurred_at, id) WHERE closed_at IS NULL;

CREATE INDEX ix_complaint_account_id ON complaint (account_id) WHERE account_id IS NOT NULL;

CREATE INDEX ix_complaint_consumer_id ON complaint (consumer_id);

CREATE INDEX ix_complaint_corrects_id ON complaint (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE consent (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	type VARCHAR NOT NULL,
	channel VARCHAR,
	contact_point_id VARCHAR,
	account_id VARCHAR,
	party VARCHAR NOT NULL,
	via VARCHAR,
	quote_sealed BLOB,
	scope_date DATE,
	window_start VARCHAR,
	window_end VARCHAR,
	obtained_during_violation BOOLEAN NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_consent_consumer_id ON consent (consumer_id);

CREATE INDEX ix_consent_corrects_id ON consent (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE contact_event (
	consumer_id VARCHAR NOT NULL,
	event_id VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	channel VARCHAR NOT NULL,
	direction VARCHAR NOT NULL,
	outcome VARCHAR,
	account_ids JSON NOT NULL,
	debts_discussed JSON,
	intended_debts JSON,
	contact_point_id VARCHAR,
	party VARCHAR NOT NULL,
	actor VARCHAR,
	content VARCHAR NOT NULL,
	number_kind VARCHAR,
	place VARCHAR,
	detail JSON,
	attempt_id VARCHAR,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	correction_reason VARCHAR,
	PRIMARY KEY (consumer_id, event_id, version),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX contact_event_by_time ON contact_event (consumer_id, occurred_at);

CREATE TABLE contact_point (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	party_id VARCHAR,
	kind VARCHAR NOT NULL,
	value_sealed BLOB NOT NULL,
	value_index VARCHAR NOT NULL,
	key_id VARCHAR NOT NULL,
	number_kind VARCHAR,
	place VARCHAR,
	country VARCHAR,
	subdivision VARCHAR,
	city VARCHAR,
	postal_code VARCHAR,
	employer_provided VARCHAR NOT NULL,
	domain_public BOOLEAN,
	basis VARCHAR,
	position INTEGER NOT NULL,
	state VARCHAR NOT NULL,
	zones JSON,
	created_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX contact_point_by_consumer ON contact_point (consumer_id, kind, position);

CREATE INDEX ix_contact_point_party_id ON contact_point (party_id) WHERE party_id IS NOT NULL;

CREATE INDEX ix_contact_point_value_index ON contact_point (value_index);

CREATE TABLE dispute (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	account_id VARCHAR,
	form VARCHAR NOT NULL,
	portion VARCHAR,
	"by" VARCHAR,
	duplicative BOOLEAN NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_dispute_account_id ON dispute (account_id) WHERE account_id IS NOT NULL;

CREATE INDEX ix_dispute_consumer_id ON dispute (consumer_id);

CREATE INDEX ix_dispute_corrects_id ON dispute (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE employer_note (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	prohibits BOOLEAN NOT NULL,
	note VARCHAR,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_employer_note_consumer_id ON employer_note (consumer_id);

CREATE INDEX ix_employer_note_corrects_id ON employer_note (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE hold (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	account_id VARCHAR,
	kind VARCHAR NOT NULL,
	starts_on DATE,
	until DATE,
	note VARCHAR,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_hold_account_id ON hold (account_id) WHERE account_id IS NOT NULL;

CREATE INDEX ix_hold_consumer_id ON hold (consumer_id);

CREATE INDEX ix_hold_corrects_id ON hold (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE note (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	account_id VARCHAR,
	text_sealed BLOB,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_note_consumer_id ON note (consumer_id);

CREATE INDEX ix_note_corrects_id ON note (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE notice (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	account_id VARCHAR,
	kind VARCHAR NOT NULL,
	sent_on DATE NOT NULL,
	medium VARCHAR,
	undeliverable BOOLEAN NOT NULL,
	resent_on DATE,
	actual_receipt_on DATE,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_notice_account_id ON notice (account_id) WHERE account_id IS NOT NULL;

CREATE INDEX ix_notice_consumer_id ON notice (consumer_id);

CREATE INDEX ix_notice_corrects_id ON notice (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE original_creditor_request (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	account_id VARCHAR,
	form VARCHAR NOT NULL,
	answered_at BIGINT,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_original_creditor_request_account_id ON original_creditor_request (account_id) WHERE account_id IS NOT NULL;

CREATE INDEX ix_original_creditor_request_consumer_id ON original_creditor_request (consumer_id);

CREATE INDEX ix_original_creditor_request_corrects_id ON original_creditor_request (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE party (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	party_id VARCHAR NOT NULL,
	account_id VARCHAR,
	role VARCHAR NOT NULL,
	name VARCHAR,
	basis VARCHAR,
	evidence VARCHAR,
	jointly_liable BOOLEAN NOT NULL,
	debt_related_evidence BOOLEAN NOT NULL,
	refused_at BIGINT,
	offered_to_pay_at BIGINT,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_party_account_id ON party (account_id) WHERE account_id IS NOT NULL;

CREATE INDEX ix_party_consumer_id ON party (consumer_id);

CREATE INDEX ix_party_corrects_id ON party (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE INDEX ix_party_party_id ON party (party_id);

CREATE TABLE payment (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	account_id VARCHAR NOT NULL,
	amount_minor BIGINT NOT NULL,
	currency VARCHAR NOT NULL,
	reversal_of VARCHAR,
	external_id VARCHAR,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_payment_account_id ON payment (account_id);

CREATE INDEX ix_payment_consumer_id ON payment (consumer_id);

CREATE INDEX ix_payment_corrects_id ON payment (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE INDEX ix_payment_external_id ON payment (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX payment_by_time ON payment (recorded_at);

CREATE TABLE pool_link (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	other_consumer_id VARCHAR NOT NULL,
	basis VARCHAR NOT NULL,
	value_index VARCHAR,
	found_at BIGINT NOT NULL,
	settled_at BIGINT,
	settled_by VARCHAR,
	same_person BOOLEAN,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id),
	FOREIGN KEY(other_consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_pool_link_consumer_id ON pool_link (consumer_id);

CREATE INDEX ix_pool_link_other_consumer_id ON pool_link (other_consumer_id);

CREATE TABLE preference (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	kind VARCHAR NOT NULL,
	days VARCHAR,
	start VARCHAR,
	"end" VARCHAR,
	until DATE,
	place VARCHAR,
	channel VARCHAR,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_preference_consumer_id ON preference (consumer_id);

CREATE INDEX ix_preference_corrects_id ON preference (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE promise (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	account_id VARCHAR NOT NULL,
	amount_minor BIGINT NOT NULL,
	currency VARCHAR NOT NULL,
	due_on DATE NOT NULL,
	state VARCHAR NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_promise_account_id ON promise (account_id);

CREATE INDEX ix_promise_consumer_id ON promise (consumer_id);

CREATE INDEX ix_promise_corrects_id ON promise (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE INDEX promise_by_time ON promise (recorded_at);

CREATE INDEX promise_due ON promise (due_on, id) WHERE state = 'open';

CREATE TABLE recall (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	account_id VARCHAR NOT NULL,
	reason VARCHAR NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_recall_account_id ON recall (account_id);

CREATE INDEX ix_recall_consumer_id ON recall (consumer_id);

CREATE INDEX ix_recall_corrects_id ON recall (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE representation (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	account_id VARCHAR,
	known BOOLEAN NOT NULL,
	contact_known BOOLEAN NOT NULL,
	consents_direct BOOLEAN NOT NULL,
	unresponsive BOOLEAN NOT NULL,
	notice_at BIGINT,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_representation_consumer_id ON representation (consumer_id);

CREATE INDEX ix_representation_corrects_id ON representation (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE user_session (
	id VARCHAR NOT NULL,
	user_id VARCHAR NOT NULL,
	csrf VARCHAR NOT NULL,
	created_at BIGINT NOT NULL,
	last_seen_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	revoked_at BIGINT,
	PRIMARY KEY (id),
	FOREIGN KEY(user_id) REFERENCES user_account (id)
);

CREATE INDEX ix_user_session_expires_at ON user_session (expires_at);

CREATE INDEX ix_user_session_user_id ON user_session (user_id);

CREATE TABLE account_consumer (
	account_id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	position INTEGER NOT NULL,
	PRIMARY KEY (account_id, consumer_id),
	FOREIGN KEY(account_id) REFERENCES account (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX ix_account_consumer_consumer_id ON account_consumer (consumer_id);

CREATE TABLE campaign_forecast_account (
	campaign_id VARCHAR NOT NULL,
	account_id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	outcome VARCHAR NOT NULL,
	channel VARCHAR,
	rule VARCHAR,
	allowed_at BIGINT,
	allowed_on DATE,
	expected_at BIGINT,
	expected_on DATE,
	PRIMARY KEY (campaign_id, account_id),
	FOREIGN KEY(campaign_id) REFERENCES campaign (id),
	FOREIGN KEY(account_id) REFERENCES account (id)
);

CREATE INDEX campaign_forecast_expected ON campaign_forecast_account (campaign_id, expected_at);

CREATE INDEX campaign_forecast_outcome ON campaign_forecast_account (campaign_id, outcome, account_id);

CREATE TABLE campaign_member (
	campaign_id VARCHAR NOT NULL,
	account_id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	held_out BOOLEAN NOT NULL,
	entered_at BIGINT NOT NULL,
	contacted_at BIGINT,
	delivered_at BIGINT,
	answered_at BIGINT,
	PRIMARY KEY (campaign_id, account_id),
	FOREIGN KEY(campaign_id) REFERENCES campaign (id),
	FOREIGN KEY(account_id) REFERENCES account (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id)
);

CREATE INDEX campaign_member_counts ON campaign_member (campaign_id, held_out, contacted_at, delivered_at, answered_at);

CREATE INDEX ix_campaign_member_account_id ON campaign_member (account_id);

CREATE INDEX ix_campaign_member_consumer_id ON campaign_member (consumer_id);

CREATE TABLE consent_revocation (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	consent_id VARCHAR NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id),
	FOREIGN KEY(consent_id) REFERENCES consent (id)
);

CREATE INDEX ix_consent_revocation_consent_id ON consent_revocation (consent_id);

CREATE INDEX ix_consent_revocation_consumer_id ON consent_revocation (consumer_id);

CREATE INDEX ix_consent_revocation_corrects_id ON consent_revocation (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE contact_point_fact (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	contact_point_id VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	detail JSON,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id),
	FOREIGN KEY(contact_point_id) REFERENCES contact_point (id)
);

CREATE INDEX ix_contact_point_fact_consumer_id ON contact_point_fact (consumer_id);

CREATE INDEX ix_contact_point_fact_contact_point_id ON contact_point_fact (contact_point_id);

CREATE INDEX ix_contact_point_fact_corrects_id ON contact_point_fact (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE TABLE dispute_answer (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	dispute_id VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	undeliverable BOOLEAN NOT NULL,
	gives_reasons BOOLEAN,
	refers_to_earlier BOOLEAN,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id),
	FOREIGN KEY(dispute_id) REFERENCES dispute (id)
);

CREATE INDEX ix_dispute_answer_consumer_id ON dispute_answer (consumer_id);

CREATE INDEX ix_dispute_answer_corrects_id ON dispute_answer (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE INDEX ix_dispute_answer_dispute_id ON dispute_answer (dispute_id);

CREATE TABLE enrollment (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	account_id VARCHAR NOT NULL,
	cadence VARCHAR NOT NULL,
	cadence_digest VARCHAR NOT NULL,
	campaign_id VARCHAR,
	state VARCHAR NOT NULL,
	reason VARCHAR,
	answer VARCHAR,
	step INTEGER NOT NULL,
	tries INTEGER NOT NULL,
	next_at BIGINT,
	suspended_until BIGINT,
	entered_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	lease_owner VARCHAR,
	lease_until BIGINT,
	fence INTEGER NOT NULL,
	crashes INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id),
	FOREIGN KEY(account_id) REFERENCES account (id)
);

CREATE INDEX enrollment_by_campaign ON enrollment (campaign_id, state, answer, reason, next_at) WHERE campaign_id IS NOT NULL;

CREATE INDEX enrollment_due ON enrollment (state, next_at, consumer_id);

CREATE UNIQUE INDEX enrollment_one_per_account ON enrollment (account_id) WHERE state != 'ended';

CREATE INDEX enrollment_resume ON enrollment (state, suspended_until);

CREATE INDEX ix_enrollment_account_id ON enrollment (account_id);

CREATE INDEX ix_enrollment_consumer_id ON enrollment (consumer_id);

CREATE TABLE hold_release (
	id VARCHAR NOT NULL,
	consumer_id VARCHAR NOT NULL,
	occurred_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	source VARCHAR NOT NULL,
	recorded_by VARCHAR NOT NULL,
	corrects_id VARCHAR,
	correction_reason VARCHAR,
	withdrawn BOOLEAN NOT NULL,
	hold_id VARCHAR NOT NULL,
	reason VARCHAR NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(consumer_id) REFERENCES consumer (id),
	FOREIGN KEY(hold_id) REFERENCES hold (id)
);

CREATE INDEX ix_hold_release_consumer_id ON hold_release (consumer_id);

CREATE INDEX ix_hold_release_corrects_id ON hold_release (corrects_id) WHERE corrects_id IS NOT NULL;

CREATE INDEX ix_hold_release_hold_id ON hold_release (hold_id);
