/*M!999999\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: airflow_real
-- ------------------------------------------------------
-- Server version	10.11.19-MariaDB-0+deb12u1

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;

--
-- Table structure for table `alembic_version`
--

DROP TABLE IF EXISTS `alembic_version`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `alembic_version` (
  `version_num` varchar(250) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `alembic_version`
--

LOCK TABLES `alembic_version` WRITE;
/*!40000 ALTER TABLE `alembic_version` DISABLE KEYS */;
INSERT INTO `alembic_version` VALUES
('03afc6b6f902');
/*!40000 ALTER TABLE `alembic_version` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `connection`
--

DROP TABLE IF EXISTS `connection`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `connection` (
  `id` int(11) DEFAULT NULL,
  `conn_id` varchar(250) DEFAULT NULL,
  `conn_type` longtext DEFAULT NULL,
  `host` longtext DEFAULT NULL,
  `schema` longtext DEFAULT NULL,
  `login` longtext DEFAULT NULL,
  `password` longtext DEFAULT NULL,
  `port` int(11) DEFAULT NULL,
  `extra` longtext DEFAULT NULL,
  `is_encrypted` tinyint(1) DEFAULT NULL,
  `is_extra_encrypted` tinyint(1) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `connection`
--

LOCK TABLES `connection` WRITE;
/*!40000 ALTER TABLE `connection` DISABLE KEYS */;
INSERT INTO `connection` VALUES
(1,'c','http','h.example',NULL,'me','passéword',8080,'{\"a\": \"b\\\\c \\\"d\\\" é\"}',0,0),
(2,'nasty','http','h.example',NULL,'me','it\'s a \\n \"line\"\nand	two\r\n`back` \\\' -- no comment; /* none */ \Z é',8080,NULL,0,0);
/*!40000 ALTER TABLE `connection` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `dag`
--

DROP TABLE IF EXISTS `dag`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `dag` (
  `dag_id` varchar(250) DEFAULT NULL,
  `is_paused` tinyint(1) DEFAULT NULL,
  `is_subdag` tinyint(1) DEFAULT NULL,
  `is_active` tinyint(1) DEFAULT NULL,
  `fileloc` longtext DEFAULT NULL,
  `owners` longtext DEFAULT NULL,
  `description` longtext DEFAULT NULL,
  `schedule_interval` longtext DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `dag`
--

LOCK TABLES `dag` WRITE;
/*!40000 ALTER TABLE `dag` DISABLE KEYS */;
INSERT INTO `dag` VALUES
('d',0,0,1,'/home/airflow/gcs/dags/d.py','me, you','née \'d\'\n\\','\"@daily\"'),
('e',1,0,1,'/home/airflow/gcs/dags/e.py','me, you','née \'d\'\n\\','\"@daily\"');
/*!40000 ALTER TABLE `dag` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `dag_run`
--

DROP TABLE IF EXISTS `dag_run`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `dag_run` (
  `id` int(11) DEFAULT NULL,
  `dag_id` varchar(250) DEFAULT NULL,
  `execution_date` timestamp(6) NULL DEFAULT NULL,
  `state` longtext DEFAULT NULL,
  `run_id` varchar(250) DEFAULT NULL,
  `external_trigger` tinyint(1) DEFAULT NULL,
  `conf` blob DEFAULT NULL,
  `end_date` timestamp(6) NULL DEFAULT NULL,
  `start_date` timestamp(6) NULL DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `dag_run`
--

LOCK TABLES `dag_run` WRITE;
/*!40000 ALTER TABLE `dag_run` DISABLE KEYS */;
INSERT INTO `dag_run` VALUES
(1,'d','2026-11-20 00:00:00.000000','success','scheduled__2026-11-20T00:00:00+00:00',0,NULL,NULL,'2026-11-21 00:00:03.250000'),
(2,'d','2026-11-21 00:00:00.000000','success','scheduled__2026-11-21T00:00:00+00:00',0,0x8004952D000000000000007D94288C11636F6D706F7365725F6D69677261746F72948C0178948C0C636172726965645F6F7665729488752E,NULL,'2026-11-22 00:00:03.250000'),
(3,'d','2026-11-22 00:00:00.000000','success','scheduled__2026-11-22T00:00:00+00:00',0,0x8004954D000000000000007D948C0161948C42697427732061205C6E20226C696E65220A616E640974776F0D0A606261636B60205C27202D2D206E6F20636F6D6D656E743B202F2A206E6F6E65202A2F201A20C3A994732E,NULL,'2026-11-23 00:00:03.250000');
/*!40000 ALTER TABLE `dag_run` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `dag_tag`
--

DROP TABLE IF EXISTS `dag_tag`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `dag_tag` (
  `name` varchar(250) DEFAULT NULL,
  `dag_id` varchar(250) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `dag_tag`
--

LOCK TABLES `dag_tag` WRITE;
/*!40000 ALTER TABLE `dag_tag` DISABLE KEYS */;
INSERT INTO `dag_tag` VALUES
('tägg','d'),
('two','d');
/*!40000 ALTER TABLE `dag_tag` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `import_error`
--

DROP TABLE IF EXISTS `import_error`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `import_error` (
  `id` int(11) DEFAULT NULL,
  `timestamp` timestamp(6) NULL DEFAULT NULL,
  `filename` longtext DEFAULT NULL,
  `stacktrace` longtext DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `import_error`
--

LOCK TABLES `import_error` WRITE;
/*!40000 ALTER TABLE `import_error` DISABLE KEYS */;
INSERT INTO `import_error` VALUES
(1,'2026-11-24 00:00:00.000000','/home/airflow/gcs/dags/bad.py','Traceback:\n  it\'s\nE: bâd\n');
/*!40000 ALTER TABLE `import_error` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `log`
--

DROP TABLE IF EXISTS `log`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `log` (
  `id` int(11) DEFAULT NULL,
  `dttm` timestamp(6) NULL DEFAULT NULL,
  `event` longtext DEFAULT NULL,
  `extra` longtext DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `log`
--

LOCK TABLES `log` WRITE;
/*!40000 ALTER TABLE `log` DISABLE KEYS */;
INSERT INTO `log` VALUES
(1,'2026-11-24 00:00:00.000000','\'); INSERT INTO variable VALUES (9,\'planted\',\'x\',0);\nINSERT INTO `variable` VALUES (9,\'planted\',\'x\',0);\nCOPY public.variable (id, key, val, is_encrypted) FROM stdin;\n9	planted	x	f\n\\.\n-- Dump completed\n','it\'s a \\n \"line\"\nand	two\r\n`back` \\\' -- no comment; /* none */ \Z é'),
(2,NULL,'a\\',NULL);
/*!40000 ALTER TABLE `log` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `serialized_dag`
--

DROP TABLE IF EXISTS `serialized_dag`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `serialized_dag` (
  `dag_id` varchar(250) DEFAULT NULL,
  `fileloc` longtext DEFAULT NULL,
  `data` longtext DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `serialized_dag`
--

LOCK TABLES `serialized_dag` WRITE;
/*!40000 ALTER TABLE `serialized_dag` DISABLE KEYS */;
INSERT INTO `serialized_dag` VALUES
('d','/home/airflow/gcs/dags/d.py','{\"__version\": 1, \"dag\": {\"_dag_id\": \"d\", \"fileloc\": \"/home/airflow/gcs/dags/d.py\", \"timezone\": \"UTC\", \"schedule_interval\": \"@daily\", \"tasks\": [{\"task_id\": \"t\", \"_task_type\": \"BashOperator\", \"_task_module\": \"airflow.operators.bash_operator\"}], \"_description\": \"na\\u00efve \'text\' \\\\ of\\n\\\"it\\\"\"}}'),
('e','/home/airflow/gcs/dags/e.py','{\"__version\": 1, \"dag\": {\"_dag_id\": \"e\", \"fileloc\": \"/home/airflow/gcs/dags/e.py\", \"timezone\": \"UTC\", \"schedule_interval\": \"@daily\", \"tasks\": [{\"task_id\": \"t\", \"_task_type\": \"BashOperator\", \"_task_module\": \"airflow.operators.bash_operator\"}], \"_description\": \"na\\u00efve \'text\' \\\\ of\\n\\\"it\\\"\"}}');
/*!40000 ALTER TABLE `serialized_dag` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `slot_pool`
--

DROP TABLE IF EXISTS `slot_pool`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `slot_pool` (
  `id` int(11) DEFAULT NULL,
  `pool` varchar(250) DEFAULT NULL,
  `slots` int(11) DEFAULT NULL,
  `description` longtext DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `slot_pool`
--

LOCK TABLES `slot_pool` WRITE;
/*!40000 ALTER TABLE `slot_pool` DISABLE KEYS */;
INSERT INTO `slot_pool` VALUES
(1,'default_pool',128,'Default pool'),
(2,'b',3,NULL);
/*!40000 ALTER TABLE `slot_pool` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `variable`
--

DROP TABLE IF EXISTS `variable`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `variable` (
  `id` int(11) DEFAULT NULL,
  `key` varchar(250) DEFAULT NULL,
  `val` longtext DEFAULT NULL,
  `is_encrypted` tinyint(1) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `variable`
--

LOCK TABLES `variable` WRITE;
/*!40000 ALTER TABLE `variable` DISABLE KEYS */;
INSERT INTO `variable` VALUES
(1,'k','passéword',0),
(2,'nasty','it\'s a \\n \"line\"\nand	two\r\n`back` \\\' -- no comment; /* none */ \Z é\'); INSERT INTO variable VALUES (9,\'planted\',\'x\',0);\nINSERT INTO `variable` VALUES (9,\'planted\',\'x\',0);\nCOPY public.variable (id, key, val, is_encrypted) FROM stdin;\n9	planted	x	f\n\\.\n-- Dump completed\n',0),
(3,'empty','',0),
(4,'hex','0x6869',0);
/*!40000 ALTER TABLE `variable` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `xcom`
--

DROP TABLE IF EXISTS `xcom`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `xcom` (
  `id` int(11) DEFAULT NULL,
  `key` longtext DEFAULT NULL,
  `value` blob DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `xcom`
--

LOCK TABLES `xcom` WRITE;
/*!40000 ALTER TABLE `xcom` DISABLE KEYS */;
INSERT INTO `xcom` VALUES
(1,'x',0x000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF);
/*!40000 ALTER TABLE `xcom` ENABLE KEYS */;
UNLOCK TABLES;
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed on 2026-11-27 12:16:54
